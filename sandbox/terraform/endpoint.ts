import { InputError } from './input-error.ts';
import { listOf, type Named, namedOf, textOf } from './value.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Where AWS's real protocols are spoken, and with whose keys; the SDK finds keys itself where none are named. */
export interface Endpoint {
  ssm: string;
  sts: string;
  credentials?: Keys;
}

/** The endpoint that a provider block or the environment names; none: nothing leaves Terraform's state. */
export function endpointOf(config: Named, env: Environment): Endpoint | undefined {
  const urls = namedOf(listOf(config.endpoints)[0]);
  const general = env.AWS_ENDPOINT_URL ?? '';
  const ssm = textOf(urls.ssm) || env.AWS_ENDPOINT_URL_SSM || general;
  const sts = textOf(urls.sts) || env.AWS_ENDPOINT_URL_STS || general;
  if (!ssm) return undefined;
  const credentials = keysOf(config, env);
  return { ssm, sts, ...(credentials && { credentials }) };
}

function keysOf(config: Named, env: Environment): Keys | undefined {
  const [accessKeyId, secretAccessKey, sessionToken] = textOf(config.access_key)
    ? [textOf(config.access_key), textOf(config.secret_key), textOf(config.token)]
    : [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** The account behind the endpoint, as STS tells it. Throws an InputError where nothing answers or the keys are refused. */
export async function accountAt(endpoint: Endpoint, region: string): Promise<string> {
  // Loaded when needed: most commands have no endpoint, and these take a tenth of a second.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(clientOptions(endpoint.sts, endpoint, region));
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand());
    return Account ?? '';
  } catch (error) {
    throw translated(error, 'Asking STS for the account', endpoint.sts);
  } finally {
    client.destroy();
  }
}

export const clientOptions = (url: string, { credentials }: Endpoint, region: string) => ({
  endpoint: url,
  region,
  ...(credentials && { credentials }),
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
});

/** An error of the SDK as an InputError: AWS's own name and words, and the next step where there is one. */
export function translated(error: unknown, doing: string, url: string): InputError {
  if (error instanceof InputError) return error;
  if (!(error instanceof Error)) return new InputError(doing, String(error));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN)$/.test(code) || error.name === 'TimeoutError')
    return new InputError(
      `${doing}: nothing answers at ${url}`,
      "Start what AWS_ENDPOINT_URL names (the sandbox: npm run demo), or unset it to keep everything in Terraform's state.",
    );
  if (error.name === 'CredentialsProviderError')
    return new InputError(
      `${doing}: there are no AWS credentials`,
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or access_key and secret_key in the provider block.',
    );
  return new InputError(`${doing}: ${error.name}: ${error.message}`, `Answered by ${url}.`);
}
