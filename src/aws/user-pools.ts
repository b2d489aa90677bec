import {
  type PasswordPolicyType,
  paginateListGroups,
  paginateListUserPoolClients,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { UserError } from '../core/reply/errors.ts';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { Pool, Users } from '../platform/users.ts';
import { readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { isNamed } from './client/errors.ts';
import {
  attributeOf,
  describePool,
  firstNames,
  isCaseSensitive,
  ownGroups,
  usernamesOf,
} from './pool-description.ts';
import { isNamedFor } from './tags.ts';
import { findPoolId } from './user-pool-id.ts';

interface Options {
  clients: Clients;
  settings: EnvironmentSettings;
}

/** Does something with the id of the environment's pool. */
export type WithPool = <T>(call: Call, use: (id: string) => Promise<T>) => Promise<T>;

/** Looks the pool up once and keeps its id, until Cognito no longer knows it: Terraform may replace a pool. */
export function createWithPool(options: Options): WithPool {
  let known: Promise<string> | undefined;

  async function find(call: Call): Promise<string> {
    const first = known === undefined;
    known ??= findPoolId(options, call);
    const asked = known;
    try {
      return await asked;
    } catch (error) {
      if (known === asked) known = undefined;
      // Whoever asked first has given up, which is nothing to those who ask with it.
      const othersEnd = !first && error instanceof UserError && error.code === 'timeout';
      if (othersEnd && !call.signal.aborted) return find(call);
      throw error;
    }
  }

  return async (call, use) => {
    const id = await find(call);
    try {
      return await use(id);
    } catch (error) {
      if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      // A group that is not there has the same name. Nothing was applied in either case.
      known = undefined;
      const now = await find(call);
      if (now === id) throw error;
      return use(now);
    }
  };
}

/** The pool's settings (guide 7.1). */
export function createFindPool({ clients, settings }: Options, withPool: WithPool): Users['findPool'] {
  const { prefixes, where } = settings;
  const { cognito } = clients;
  const describe = async (UserPoolId: string, call: Call): Promise<Pool> => {
    const [pool, apps, groups, region] = await Promise.all([
      describePool(clients, UserPoolId, call),
      readAll(
        cognito,
        paginateListUserPoolClients,
        { UserPoolId, MaxResults: 60 },
        ({ UserPoolClients }) => UserPoolClients,
        call,
      ),
      readAll(cognito, paginateListGroups, { UserPoolId }, ({ Groups }) => Groups, call),
      cognito.reading.config.region(),
    ]);
    const { client } = settings.cognito;
    const app =
      client === undefined
        ? (apps.find(({ ClientName = '' }) => isNamedFor(ClientName, prefixes)) ?? apps[0])
        : apps.find(({ ClientName, ClientId }) => client === ClientId || client === ClientName);
    if (client !== undefined && !app)
      throw new UserError('not-found', `The pool ${pool.Name} has no app client ${client}.`, {
        hint: `${where('cognito.client')} names it. It has ${firstNames(apps.map(({ ClientName }) => ClientName))}.`,
      });
    return {
      id: UserPoolId,
      name: pool.Name ?? '',
      client: app?.ClientId,
      issuer: `https://cognito-idp.${region}.amazonaws.com/${UserPoolId}`,
      users: pool.EstimatedNumberOfUsers,
      passwordPolicy: policyInWords(pool.Policies?.PasswordPolicy),
      mailsFrom: mailsFrom(pool),
      groups: ownGroups(UserPoolId, groups).sort(),
      caseSensitive: isCaseSensitive(pool),
      usernames: usernamesOf(pool),
      attributes: (pool.SchemaAttributes ?? []).map(attributeOf),
    };
  };
  return (call) => withPool(call, (id) => describe(id, call));
}

function policyInWords(policy: PasswordPolicyType = {}): string {
  const classes = [
    policy.RequireUppercase && 'an upper-case letter',
    policy.RequireLowercase && 'a lower-case letter',
    policy.RequireNumbers && 'a digit',
    policy.RequireSymbols && 'a symbol',
  ].filter((word) => word !== undefined && word !== false);
  const length = `at least ${policy.MinimumLength ?? 6} characters`;
  return classes.length > 0 ? `${length} with ${classes.join(', ')}` : length;
}

function mailsFrom({
  EmailConfiguration: { From, SourceArn, EmailSendingAccount } = {},
}: UserPoolType): string {
  if (EmailSendingAccount === 'DEVELOPER') return `${From ?? SourceArn?.split('/').at(-1) ?? 'SES'} by SES`;
  return 'no-reply@verificationemail.com by Cognito, 50 a day';
}
