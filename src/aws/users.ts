import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AttributeType,
  ListUsersCommand,
  paginateAdminListGroupsForUser,
} from '@aws-sdk/client-cognito-identity-provider';
import { UserError } from '../core/reply/errors.ts';
import { code } from '../core/reply/text.ts';
import type { Call } from '../platform/call.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { PoolUser, Users } from '../platform/users.ts';
import { change, read, readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { isNamed } from './client/errors.ts';
import { createKeepPassword } from './user-passwords.ts';
import { createFindPool, createWithPool } from './user-pools.ts';

const mostPages = 10;

/** Users of an environment's Cognito pool (guide 7); their email is their username. */
export function createUsers({
  clients,
  settings,
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Users {
  const { cognito } = clients;
  const attribute = settings.cognito.roles === 'group' ? undefined : settings.cognito.attribute;
  const withPool = createWithPool({ clients, settings });
  const toUser = (user: SdkUser): PoolUser => {
    const role = user.UserAttributes?.find(({ Name }) => Name === attribute)?.Value;
    return { ...baseUser(user), ...(attribute !== undefined && role !== undefined && { role }) };
  };

  const listGroups = async (UserPoolId: string, Username: string, call: Call): Promise<string[]> => {
    const groups = await readAll(
      cognito,
      paginateAdminListGroupsForUser,
      { UserPoolId, Username },
      ({ Groups }) => Groups,
      call,
    );
    return groups.map(({ GroupName = '' }) => GroupName);
  };

  return {
    findPool: createFindPool({ clients, settings }, withPool),

    listUsers: (prefix, limit, call) =>
      withPool(call, async (UserPoolId) => {
        const users: PoolUser[] = [];
        let PaginationToken: string | undefined;
        // Pages may be empty with a token.
        for (let page = 0; page < mostPages && users.length <= limit; page++) {
          const command = new ListUsersCommand({
            UserPoolId,
            Limit: Math.min(limit + 1, 60),
            ...(prefix && { Filter: `email ^= ${quoted(prefix)}` }),
            PaginationToken,
          });
          const answer = await read(cognito, command, call);
          users.push(
            ...(answer.Users ?? []).map((user) => toUser({ ...user, UserAttributes: user.Attributes })),
          );
          PaginationToken = answer.PaginationToken;
          if (!PaginationToken) break;
        }
        const more = users.length > limit || PaginationToken !== undefined;
        return { users: users.slice(0, limit), more };
      }),

    findGroups: (username, call) => withPool(call, (id) => listGroups(id, username, call)),

    findUser: (email, call) =>
      withPool(call, async (UserPoolId) => {
        const [user, groups] = await Promise.all([
          read(cognito, new AdminGetUserCommand({ UserPoolId, Username: email }), call),
          listGroups(UserPoolId, email, call),
        ]).catch((error: unknown) => {
          if (isNamed(error, 'UserNotFoundException')) return [];
          throw error;
        });
        return user && { ...toUser(user), groups: groups ?? [] };
      }),

    createUser: (email, { mail, role }, call) =>
      withPool(call, async (UserPoolId) => {
        const command = new AdminCreateUserCommand({
          UserPoolId,
          Username: email,
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
            ...(role !== undefined && attribute !== undefined ? [{ Name: attribute, Value: role }] : []),
          ],
          // SMS otherwise.
          DesiredDeliveryMediums: ['EMAIL'],
          ...(!mail && { MessageAction: 'SUPPRESS' }),
        });
        await change(cognito, command, call).catch((error: unknown) => {
          throw explain(error, email);
        });
      }),

    addToGroup: (email, group, call) =>
      withPool(call, async (UserPoolId) => {
        const command = new AdminAddUserToGroupCommand({ UserPoolId, Username: email, GroupName: group });
        await change(cognito, command, call);
      }),

    keepPassword: createKeepPassword({ clients, settings, withPool }),
  };
}

function explain(error: unknown, email: string): unknown {
  if (isNamed(error, 'UsernameExistsException')) {
    return new UserError('conflict', `${email} is in the pool already.`, {
      hint: [code(`cognito show ${email}`), ' tells their state.'],
      cause: error,
    });
  }
  if (isNamed(error, 'CodeDeliveryFailureException')) {
    return new UserError('unavailable', `Cognito could not mail the invitation to ${email}.`, {
      hint: [
        'Check the pool’s email settings (SES identity, sandbox, daily limit), then ',
        code(`cognito show ${email}`),
        ': the user may be there without an invitation.',
      ],
      cause: error,
    });
  }
  return error;
}

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
