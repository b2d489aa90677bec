/** An error of the SDK's, in the few things that it can be told by; empty where it says nothing of them. */
export interface Fault {
  name: string;
  message: string;
  /** Node’s code of a network’s fault: `ECONNRESET`. */
  network: string;
  /** HTTP’s status, 0 where no answer came. */
  status: number;
  /** The SDK hung the response on it, as on what its parsers throw. */
  parsed: boolean;
}

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: '', message: '', network: '', status: 0, parsed: false };
  return {
    name: error.name,
    message: error.message,
    network: 'code' in error && typeof error.code === 'string' ? error.code : '',
    status: statusOf(error),
    parsed: '$response' in error || '$responseBodyText' in error,
  };
}

function statusOf(error: Error): number {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata && 'httpStatusCode' in metadata ? metadata.httpStatusCode : 0;
  return typeof status === 'number' ? status : 0;
}
