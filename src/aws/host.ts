import type { Call } from '../platform/call.ts';

export interface Host {
  /** EC2's instance id, where the bot runs on one. */
  instance: string | undefined;
  /** The ECS task's ARN, where it runs in one. */
  task: string | undefined;
}

interface Metadata {
  /** `ECS_CONTAINER_METADATA_URI_V4`, set by ECS in every container. */
  ecsUri?: string | undefined;
  /** `AWS_EC2_METADATA_DISABLED`, which the SDK respects too. */
  ec2Disabled?: boolean;
  /** Elsewhere than at the address that EC2 answers on. */
  ec2Endpoint?: string | undefined;
}

// Off AWS nobody answers at that address, and the bot's start waits for this.
const patienceMs = 300;

/** What the bot itself runs on, so that it never stops that. Never throws: not knowing is an answer. */
export async function findHost(metadata: Metadata, call: Call): Promise<Host> {
  const { ecsUri, ec2Disabled = false, ec2Endpoint = 'http://169.254.169.254' } = metadata;
  const [instance, task] = await Promise.all([
    ec2Disabled ? undefined : findInstance(ec2Endpoint, call),
    ecsUri ? findTask(ecsUri, call) : undefined,
  ]);
  return { instance, task };
}

async function findInstance(endpoint: string, call: Call): Promise<string | undefined> {
  const token = await ask(`${endpoint}/latest/api/token`, call, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  if (token === undefined) return undefined;
  const id = await ask(`${endpoint}/latest/meta-data/instance-id`, call, {
    headers: { 'x-aws-ec2-metadata-token': token },
  });
  return id !== undefined && /^i-[0-9a-f]{8,17}$/.test(id) ? id : undefined;
}

async function findTask(uri: string, call: Call): Promise<string | undefined> {
  const text = await ask(`${uri}/task`, call);
  const arn = /"TaskARN"\s*:\s*"([^"]+)"/.exec(text ?? '');
  return arn?.[1];
}

async function ask(url: string, { signal }: Call, init: RequestInit = {}): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
