import { domainToUnicode } from 'node:url';
import {
  AdminGetUserCommand,
  type AttributeType,
  ListUsersCommand,
  paginateAdminListGroupsForUser,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { PoolUser, Users } from '../platform/users.ts';
import { read, readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { isNamed } from './client/errors.ts';
import { describePool, isCaseSensitive, ownGroups } from './pool-description.ts';
import type { WithPool } from './user-pools.ts';

const mostPages = 10;
// Somebody may have signed in by several identity providers, each of which makes a user with their email.
const mostWithOneEmail = 10;

interface Options {
  clients: Clients;
  settings: EnvironmentSettings;
  withPool: WithPool;
}

/** Looking for users: by username, by email, by the beginning of either (guide 7). */
export function createUserSearch({
  clients,
  settings,
  withPool,
}: Options): Pick<Users, 'listUsers' | 'findGroups' | 'findUsers'> {
  const { cognito } = clients;
  const attribute = settings.cognito.roles === 'group' ? undefined : settings.cognito.attribute;
  const toUser = (user: SdkUser): PoolUser => {
    const role = user.UserAttributes?.find(({ Name }) => Name === attribute)?.Value;
    return { ...baseUser(user), ...(attribute !== undefined && role !== undefined && { role }) };
  };

  async function findGroups(UserPoolId: string, Username: string, call: Call): Promise<string[]> {
    const groups = await readAll(
      cognito,
      paginateAdminListGroupsForUser,
      { UserPoolId, Username },
      ({ Groups }) => Groups,
      call,
    );
    return ownGroups(UserPoolId, groups);
  }

  async function listMatching(UserPoolId: string, filter: string | undefined, limit: number, call: Call) {
    const users: PoolUser[] = [];
    let PaginationToken: string | undefined;
    // Pages may be empty with a token.
    for (let page = 0; page < mostPages && users.length <= limit; page++) {
      const command = new ListUsersCommand({
        UserPoolId,
        Limit: Math.min(limit + 1, 60),
        ...(filter !== undefined && { Filter: filter }),
        PaginationToken,
      });
      const answer = await read(cognito, command, call);
      users.push(...(answer.Users ?? []).map((user) => toUser({ ...user, UserAttributes: user.Attributes })));
      PaginationToken = answer.PaginationToken;
      if (!PaginationToken) break;
    }
    return { users, more: users.length > limit || PaginationToken !== undefined };
  }

  /** By username, or by what the pool takes in its place. */
  const findNamed = async (UserPoolId: string, Username: string, call: Call): Promise<PoolUser[]> => {
    try {
      return [toUser(await read(cognito, new AdminGetUserCommand({ UserPoolId, Username }), call))];
    } catch (error) {
      if (isNamed(error, 'UserNotFoundException')) return [];
      throw error;
    }
  };

  /** By the email attribute, whatever the username: who signs in by Google has no other way to be found by it. */
  async function findByEmail(UserPoolId: string, email: string, call: Call): Promise<PoolUser[]> {
    // ListUsers compares letter by letter, also where capitals don't count for the pool.
    const capitals =
      email !== email.toLowerCase() && isCaseSensitive(await describePool(clients, UserPoolId, call));
    const spellings = new Set([email, readable(email), ...(capitals ? [] : [email.toLowerCase()])]);
    const found = await Promise.all(
      [...spellings].map((one) => listMatching(UserPoolId, `email = ${quoted(one)}`, mostWithOneEmail, call)),
    );
    return found.flatMap(({ users }) => users);
  }

  return {
    listUsers: (prefix, limit, call) =>
      withPool(call, async (UserPoolId) => {
        const found = await Promise.all(
          beginnings(prefix).map((filter) => listMatching(UserPoolId, filter, limit, call)),
        );
        const users = once(found.flatMap((one) => one.users));
        return { users: users.slice(0, limit), more: users.length > limit || found.some(({ more }) => more) };
      }),

    findGroups: (username, call) => withPool(call, (id) => findGroups(id, username, call)),

    findUsers: (name, call) =>
      withPool(call, async (UserPoolId) => {
        const [named, byEmail] = await Promise.all([
          findNamed(UserPoolId, name, call),
          name.includes('@') ? findByEmail(UserPoolId, name, call) : [],
        ]);
        const users = named[0]?.username === name ? named : once([...named, ...byEmail]);
        return Promise.all(
          users.map(async (user) => ({ ...user, groups: await findGroups(UserPoolId, user.username, call) })),
        );
      }),
  };
}

/** ListUsers' filters for a beginning: of emails, which are mostly kept in lower case, and of usernames. */
function beginnings(prefix: string | undefined): (string | undefined)[] {
  if (prefix === undefined) return [undefined];
  const spellings = new Set([prefix.toLowerCase(), prefix]);
  return [...[...spellings].map((one) => `email ^= ${quoted(one)}`), `username ^= ${quoted(prefix)}`];
}

/** An address whose domain was put into ASCII, as a person writes it. */
function readable(email: string): string {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  return /(^|\.)xn--/i.test(domain) ? email.slice(0, at) + domainToUnicode(domain) : email;
}

const once = (users: readonly PoolUser[]): PoolUser[] => [
  ...new Map(users.map((user) => [user.username, user])).values(),
];

/** A value in ListUsers' filter. */
const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;

interface SdkUser {
  Username?: string | undefined;
  UserAttributes?: AttributeType[] | undefined;
  UserStatus?: string | undefined;
  Enabled?: boolean | undefined;
  UserCreateDate?: Date | undefined;
}

function baseUser(user: SdkUser): PoolUser {
  const username = user.Username ?? '';
  return {
    username,
    email: user.UserAttributes?.find(({ Name }) => Name === 'email')?.Value ?? username,
    status: user.UserStatus ?? 'UNKNOWN',
    enabled: user.Enabled ?? false,
    createdAt: user.UserCreateDate,
  };
}
