import {
  DescribeUserPoolCommand,
  ListGroupsCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  type PasswordPolicyType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { UserError } from '../core/reply/errors.ts';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { Users } from '../platform/users.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { readPages } from './client/pages.ts';
import { isNamedFor } from './tags.ts';

interface Options {
  clients: Clients;
  settings: EnvironmentSettings;
}

/** The environment's pool by its name, `<project>-<env>`. Throws `UserError` not-found. */
export async function findPoolId({ clients, settings }: Options, call: Call): Promise<string> {
  const { project, name: env } = settings;
  const pools = await readPages(async (NextToken) => {
    const page = await read(clients.cognito, new ListUserPoolsCommand({ MaxResults: 60, NextToken }), call);
    return { items: page.UserPools, next: page.NextToken };
  });
  const own = pools.filter(({ Name = '' }) => isNamedFor(Name, project, env));
  const pool = own.find(({ Name }) => Name === `${project}-${env}`) ?? own[0];
  if (pool?.Id) return pool.Id;
  throw new UserError('not-found', `There is no Cognito pool named ${project}-${env}.`, {
    hint: 'Create it with Terraform, or check project in d2.yaml.',
  });
}

export async function describePool({ cognito }: Clients, id: string, call: Call): Promise<UserPoolType> {
  const { UserPool = {} } = await read(cognito, new DescribeUserPoolCommand({ UserPoolId: id }), call);
  return UserPool;
}

/** The pool's settings (guide 7.1). */
export function createFindPool({ clients, settings }: Options): Users['findPool'] {
  const { project, name: env } = settings;
  const { cognito } = clients;
  return async (call) => {
    const UserPoolId = await findPoolId({ clients, settings }, call);
    const [pool, apps, groups, region] = await Promise.all([
      describePool(clients, UserPoolId, call),
      readPages(async (NextToken) => {
        const command = new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60, NextToken });
        const page = await read(cognito, command, call);
        return { items: page.UserPoolClients, next: page.NextToken };
      }),
      readPages(async (NextToken) => {
        const page = await read(cognito, new ListGroupsCommand({ UserPoolId, NextToken }), call);
        return { items: page.Groups, next: page.NextToken };
      }),
      cognito.reading.config.region(),
    ]);
    const app = apps.find(({ ClientName = '' }) => isNamedFor(ClientName, project, env)) ?? apps[0];
    return {
      id: UserPoolId,
      name: pool.Name ?? '',
      client: app?.ClientId,
      issuer: `https://cognito-idp.${region}.amazonaws.com/${UserPoolId}`,
      users: pool.EstimatedNumberOfUsers,
      passwordPolicy: policyInWords(pool.Policies?.PasswordPolicy),
      mailsFrom: mailsFrom(pool),
      groups: groups.map(({ GroupName = '' }) => GroupName).sort(),
    };
  };
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
