import type { Clock } from '../../clock.ts';
import { accountId, region } from '../constants.ts';
import { AwsError } from '../errors.ts';
import { type Action, type Input, numberOf, pageOf, type Service, textOf } from '../service.ts';

import { schemaOf } from './attributes.ts';
import { checkClient, clientOf, type Pool } from './client.ts';
import { policyOf } from './passwords.ts';
import { createSignIn } from './sign-in.ts';
import type { Tokens } from './tokens.ts';
import { createUsers, filterOf, type User } from './users.ts';

interface CognitoOptions {
  pool: Pool;
  clock: Clock;
  tokens: Tokens;
  changed(): void;
  /** Whether the pool is there; in another region it is not. */
  exists?: () => boolean;
}

/** The account's user pool: users sign in by email, and a new one is mailed an invitation. */
export function createCognito({ pool, clock, tokens, changed, exists = () => true }: CognitoOptions) {
  const users = createUsers(clock, pool);
  const client = clientOf(pool);
  const found = (input: Input): User => users.find(textOf(input, 'Username'));

  function able(input: Input, enabled: boolean) {
    const user = found(input);
    user.enabled = enabled;
    user.changedAt = clock.now();
    return {};
  }

  const onPool: Record<string, Action> = {
    DescribeUserPool: {
      run: () => ({
        UserPool: {
          Id: pool.id,
          Name: pool.name,
          Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${pool.id}`,
          Policies: { PasswordPolicy: policyOf(pool.minimumLength) },
          LambdaConfig: {},
          UsernameAttributes: ['email'],
          UsernameConfiguration: { CaseSensitive: pool.caseSensitive },
          UserPoolTags: pool.tags,
          SchemaAttributes: schemaOf(pool),
          AutoVerifiedAttributes: ['email'],
          MfaConfiguration: 'OFF',
          EstimatedNumberOfUsers: users.all().length,
          EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
          AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
        },
      }),
    },
    ListUserPoolClients: {
      run: () => ({
        UserPoolClients: [{ ClientId: client.ClientId, UserPoolId: pool.id, ClientName: client.ClientName }],
      }),
    },
    DescribeUserPoolClient: {
      run(input) {
        checkClient(pool, textOf(input, 'ClientId'));
        return { UserPoolClient: client };
      },
    },
    ListGroups: {
      run: () => ({ Groups: pool.groups.map((GroupName) => ({ GroupName, UserPoolId: pool.id })) }),
    },
    ListUsers: {
      run(input) {
        const size = numberOf(input, 'Limit') ?? 60;
        if (size < 0 || size > 60)
          throw new AwsError(
            'InvalidParameterException',
            "Value at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60",
          );
        const { items, next } = pageOf(
          users.all().filter(filterOf(textOf(input, 'Filter'))),
          textOf(input, 'PaginationToken'),
          size || 60,
        );
        return { Users: items.map(shown), PaginationToken: next };
      },
    },
    AdminGetUser: {
      run(input) {
        const { Attributes, ...user } = shown(found(input));
        return { ...user, UserAttributes: Attributes };
      },
    },
    AdminListGroupsForUser: {
      run: (input) => ({
        Groups: [...found(input).groups].map((GroupName) => ({ GroupName, UserPoolId: pool.id })),
      }),
    },
  };

  const onUser: Record<string, Action> = {
    AdminCreateUser: { run: (input) => ({ User: shown(users.create(input)) }) },
    AdminAddUserToGroup: {
      run(input) {
        const user = found(input);
        const group = textOf(input, 'GroupName');
        if (!pool.groups.includes(group)) throw new AwsError('ResourceNotFoundException', 'Group not found.');
        user.groups.add(group);
        return {};
      },
      details: (input) => ({ group: textOf(input, 'GroupName') }),
    },
    AdminSetUserPassword: {
      run(input) {
        const permanent = input.Permanent === true;
        users.setPassword(found(input), textOf(input, 'Password'), { permanent });
        return {};
      },
    },
    AdminDisableUser: { run: (input) => able(input, false) },
    AdminEnableUser: { run: (input) => able(input, true) },
    AdminDeleteUser: {
      run(input) {
        users.remove(textOf(input, 'Username'));
        return {};
      },
    },
  };

  const actions = {
    ListUserPools: { run: () => ({ UserPools: exists() ? [{ Id: pool.id, Name: pool.name }] : [] }) },
    ...mapped(onPool, inPool(pool, exists)),
    ...mapped(onUser, (action) => ({
      ...inPool(pool, exists)(action),
      changes: (input) => [textOf(input, 'Username')],
    })),
    ...createSignIn({ pool, clock, users, tokens }),
  };
  const service: Service = {
    name: 'cognito-idp',
    protocol: 'json',
    target: 'AWSCognitoIdentityProviderService',
    actions,
  };

  return {
    service,
    count: () => users.all().length,
    outbox: users.outbox,
    refuseMail(): void {
      users.refuseMail();
      changed();
    },
  };
}

const mapped = (actions: Record<string, Action>, to: (action: Action) => Action): Record<string, Action> =>
  Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, to(action)]));

/** Every action but ListUserPools and signing in names the pool it is for. */
const inPool =
  (pool: Pool, exists: () => boolean) =>
  (action: Action): Action => ({
    ...action,
    run(input, caller) {
      const id = textOf(input, 'UserPoolId');
      if (id === pool.id && exists()) return action.run(input, caller);
      throw new AwsError('ResourceNotFoundException', `User pool ${id} does not exist.`);
    },
  });

const shown = (user: User) => ({
  Username: user.username,
  Attributes: [...user.attributes].map(([Name, Value]) => ({ Name, Value })),
  UserCreateDate: user.createdAt,
  UserLastModifiedDate: user.changedAt,
  Enabled: user.enabled,
  UserStatus: user.status,
});
