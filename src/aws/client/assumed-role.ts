import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { UserError } from '../../core/reply/errors.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import { read } from './calls.ts';
import { type ClientOptions, type Clients, createClients } from './clients.ts';

const patienceMs = 10_000;
/** As the SDK's: credentials with less time left are taken anew. */
const renewalMs = 300_000;

/** Clients of an environment's own region and role; the bot's own where it has neither. */
export function createEnvironmentClients(
  own: Clients,
  options: ClientOptions,
  settings: EnvironmentSettings,
): Clients {
  const { assume, region } = settings;
  if (assume === undefined && region === options.region) return own;
  return createClients({
    ...options,
    region,
    ...(assume !== undefined && { credentials: keep(() => assumeRole(own, assume, settings)) }),
  });
}

/** One look-up for all clients until shortly before it expires: the SDK keeps credentials too, but for each client apart. */
function keep<T extends { expiration?: Date }>(find: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return async () => {
    const before = kept;
    const known = await before?.catch(() => undefined);
    if (known?.expiration && known.expiration.getTime() - Date.now() > renewalMs) return known;
    // Of several who find it missing, the first looks for all.
    if (kept === undefined || kept === before) kept = find();
    return kept;
  };
}

/** Throws `UserError` that names the line. */
async function assumeRole(own: Clients, RoleArn: string, { name: env, account, where }: EnvironmentSettings) {
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: `d2-chatops-${env}` });
  const signal = AbortSignal.timeout(patienceMs);
  const answer = await read(own.sts, command, { signal }).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code !== 'forbidden') throw error;
    throw new UserError(
      'forbidden',
      `The bot may not take the role ${RoleArn}, so ${env} can’t be reached.`,
      {
        hint: `${where('assume')} names it. Its trust policy must name the bot’s own role, and the bot’s policy must allow sts:AssumeRole on it.`,
        cause: error,
      },
    );
  });
  const reached = answer.AssumedRoleUser?.Arn?.split(':')[4];
  if (account !== undefined && reached !== account) {
    throw new UserError('forbidden', `The role of ${env} leads to account ${reached}, not to ${account}.`, {
      hint: `One of them is wrong: ${where('account')}, ${where('assume')}.`,
    });
  }
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = answer.Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    ...(Expiration && { expiration: Expiration }),
  };
}
