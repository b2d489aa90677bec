import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { UserError } from '../core/reply/errors.ts';
import { code } from '../core/reply/text.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { NewUser, Users } from '../platform/users.ts';
import { change } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { isNamed } from './client/errors.ts';
import { createKeepPassword } from './user-passwords.ts';
import { createFindPool, createWithPool } from './user-pools.ts';
import { createUserSearch } from './user-search.ts';

/** Users of an environment's Cognito pool (guide 7). */
export function createUsers({
  clients,
  settings,
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Users {
  const { cognito } = clients;
  const { roles, attribute } = settings.cognito;
  const withPool = createWithPool({ clients, settings });

  const attributesOf = ({ email, role, attributes }: NewUser): Record<string, string> => ({
    email,
    email_verified: 'true',
    ...(role !== undefined && roles !== 'group' && { [attribute]: role }),
    ...attributes,
  });

  return {
    findPool: createFindPool({ clients, settings }, withPool),
    ...createUserSearch({ clients, settings, withPool }),

    createUser: (user, call) =>
      withPool(call, async (UserPoolId) => {
        const command = new AdminCreateUserCommand({
          UserPoolId,
          Username: user.username,
          UserAttributes: Object.entries(attributesOf(user)).map(([Name, Value]) => ({ Name, Value })),
          // SMS otherwise.
          DesiredDeliveryMediums: ['EMAIL'],
          ...(!user.mail && { MessageAction: 'SUPPRESS' }),
        });
        await change(cognito, command, call).catch((error: unknown) => {
          throw explain(error, user.email);
        });
      }),

    addToGroup: (Username, GroupName, call) =>
      withPool(call, async (UserPoolId) => {
        await change(cognito, new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }), call);
      }),

    keepPassword: createKeepPassword({ clients, settings, withPool }),
  };
}

function explain(error: unknown, email: string): unknown {
  if (isNamed(error, 'AliasExistsException')) {
    return new UserError('conflict', `Another user of the pool has ${email} or that phone number.`, {
      hint: [code(`cognito show ${email}`), ' tells who has the email.'],
      cause: error,
    });
  }
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
