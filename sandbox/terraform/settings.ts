import type { Environment } from './endpoint.ts';
import type { InputError } from './input-error.ts';
import { listOf, type Named, namedOf, textOf, textsOf, type Value } from './value.ts';

/** What a provider block and the environment say together. */
export interface Settings {
  region: string;
  partition: string;
  account: string;
  defaultTags: Value;
}

export interface Change {
  /** Null where it is created. */
  prior: Named | null;
  planned: Named;
  config: Named;
}

export interface WriteResult {
  state: Named | null;
  /** What went wrong after the resource was written, such as its tags. */
  error?: InputError;
}

/** A type that exists in AWS and not only in Terraform's state. Its methods throw InputErrors. */
export interface LiveType {
  /** What AWS has of a resource that is in the state, which may be a mere id; null when it is gone. */
  read(prior: Named): Promise<Named | null>;
  write(change: Change): Promise<WriteResult>;
  remove(prior: Named): Promise<void>;
  /** For `data` and `ephemeral`. */
  lookUp(config: Named): Promise<Named>;
}

const partitions: Readonly<Record<string, string>> = { cn: 'aws-cn', 'us-gov': 'aws-us-gov' };

/** Without asking anybody: the provider block first, then the environment. */
export function settingsOf(config: Named, env: Environment): Settings {
  const region = textOf(config.region) || env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const [allowed] = textsOf(config.allowed_account_ids);
  return {
    region,
    partition: partitions[/^(cn|us-gov)-/.exec(region)?.[1] ?? ''] ?? 'aws',
    account: env.TERRAFORM_OFFLINE_ACCOUNT || allowed || '123456789012',
    defaultTags: namedOf(listOf(config.default_tags)[0]).tags ?? {},
  };
}
