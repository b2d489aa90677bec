import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Call } from '../platform/call.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';

export interface Identity {
  account: string;
  /** An assumed role's ARN ends with the session's name. */
  arn: string;
}

/** Whom AWS takes the bot for. Throws `UserError` unavailable without valid credentials. */
export async function findIdentity({ clients }: { clients: Clients }, call: Call): Promise<Identity> {
  const { Account = '', Arn = '' } = await read(clients.sts, new GetCallerIdentityCommand({}), call);
  return { account: Account, arn: Arn };
}
