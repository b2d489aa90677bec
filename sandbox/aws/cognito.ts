import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AwsError } from './errors.ts';
import { type Input, mapsOf, numberOf, pageOf, type Service, textOf, textsOf } from './service.ts';
import { pool } from './world.ts';

interface User {
  username: string;
  attributes: { Name: string; Value: string }[];
  status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED';
  enabled: boolean;
  createdAt: Date;
  groups: Set<string>;
}

export interface Mail {
  to: string;
  kind: 'invitation' | 'resent invitation';
  at: Date;
}

const policy = {
  MinimumLength: 12,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
};

export function createCognito(clock: Clock, changed: () => void) {
  const users = new Map<string, User>();
  const outbox: Mail[] = [];
  let canMail = true;

  function add(
    username: string,
    {
      status = 'CONFIRMED',
      groups = [],
      daysAgo = 0,
    }: { status?: User['status']; groups?: readonly string[]; daysAgo?: number },
  ): User {
    const user: User = {
      username,
      attributes: [
        { Name: 'sub', Value: randomUUID() },
        { Name: 'email', Value: username },
        { Name: 'email_verified', Value: 'true' },
      ],
      status,
      enabled: true,
      createdAt: new Date(clock.now().getTime() - daysAgo * 86_400_000),
      groups: new Set(groups),
    };
    users.set(username.toLowerCase(), user);
    return user;
  }

  add('admin@demo.fikri.dev', { groups: ['ADMIN'], daysAgo: 290 });
  add('driver.amin@example.com', { groups: ['DRIVER'], daysAgo: 120 });
  add('driver.lee@example.com', { groups: ['DRIVER'], daysAgo: 44 });
  add('siti@example.com', { groups: ['PASSENGER'], daysAgo: 90 });
  add('raj@example.com', { status: 'FORCE_CHANGE_PASSWORD', groups: ['PASSENGER'], daysAgo: 3 });

  function checkPool(input: Input): void {
    if (textOf(input, 'UserPoolId') !== pool.id)
      throw new AwsError(
        'ResourceNotFoundException',
        `User pool ${textOf(input, 'UserPoolId')} does not exist.`,
      );
  }

  function find(input: Input): User {
    checkPool(input);
    const found = users.get(textOf(input, 'Username').toLowerCase());
    if (!found) throw new AwsError('UserNotFoundException', 'User does not exist.');
    return found;
  }

  function checkPassword(password: string): void {
    const refuse = (why: string) =>
      new AwsError('InvalidPasswordException', `Password did not conform with policy: ${why}`);
    if (password.length < policy.MinimumLength) throw refuse('Password not long enough');
    if (!/[A-Z]/.test(password)) throw refuse('Password must have uppercase characters');
    if (!/[a-z]/.test(password)) throw refuse('Password must have lowercase characters');
    if (!/\d/.test(password)) throw refuse('Password must have numeric characters');
    if (!/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/.test(password))
      throw refuse('Password must have symbol characters');
  }

  const shown = (user: User) => ({
    Username: user.username,
    Attributes: user.attributes,
    UserCreateDate: user.createdAt,
    UserLastModifiedDate: user.createdAt,
    Enabled: user.enabled,
    UserStatus: user.status,
  });

  function create(input: Input) {
    checkPool(input);
    const username = textOf(input, 'Username');
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(username))
      throw new AwsError('InvalidParameterException', 'Username should be an email.');
    const existing = users.get(username.toLowerCase());
    const action = textOf(input, 'MessageAction');
    if (existing && action !== 'RESEND')
      throw new AwsError('UsernameExistsException', 'User account already exists');
    const temporary = textOf(input, 'TemporaryPassword');
    if (temporary) checkPassword(temporary);
    const user = existing ?? add(username, { status: 'FORCE_CHANGE_PASSWORD' });
    for (const attribute of mapsOf(input, 'UserAttributes')) {
      const Name = textOf(attribute, 'Name');
      user.attributes = [
        ...user.attributes.filter((one) => one.Name !== Name),
        { Name, Value: textOf(attribute, 'Value') },
      ];
    }
    changed();
    if (action !== 'SUPPRESS') {
      // By SMS unless email is asked for: this pool has no numbers to send to.
      if (!textsOf(input, 'DesiredDeliveryMediums').includes('EMAIL'))
        throw new AwsError('InvalidParameterException', 'User has no phone number to send a message to.');
      if (!canMail)
        throw new AwsError(
          'CodeDeliveryFailureException',
          'Email address is not verified. The following identities failed the check',
        );
      outbox.push({
        to: username,
        kind: action === 'RESEND' ? 'resent invitation' : 'invitation',
        at: clock.now(),
      });
    }
    return { User: shown(user) };
  }

  const service: Service = {
    name: 'cognito-idp',
    protocol: 'json',
    actions: {
      ListUserPools: { run: () => ({ UserPools: [{ Id: pool.id, Name: pool.name }] }) },
      DescribeUserPool: {
        run(input) {
          checkPool(input);
          return {
            UserPool: {
              Id: pool.id,
              Name: pool.name,
              Policies: { PasswordPolicy: policy },
              UsernameAttributes: ['email'],
              AutoVerifiedAttributes: ['email'],
              MfaConfiguration: 'OFF',
              EstimatedNumberOfUsers: users.size,
              EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
              AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
            },
          };
        },
      },
      ListUserPoolClients: {
        run: () => ({
          UserPoolClients: [
            { ClientId: pool.client, UserPoolId: pool.id, ClientName: 'd2-ride-booking-dev-app' },
          ],
        }),
      },
      DescribeUserPoolClient: {
        run: () => ({
          UserPoolClient: {
            ClientId: pool.client,
            UserPoolId: pool.id,
            ClientName: 'd2-ride-booking-dev-app',
            ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
          },
        }),
      },
      ListGroups: {
        run(input) {
          checkPool(input);
          return { Groups: pool.groups.map((GroupName) => ({ GroupName, UserPoolId: pool.id })) };
        },
      },
      AdminCreateUser: { run: create, changes: (input) => [textOf(input, 'Username')] },
      AdminGetUser: {
        run(input) {
          const { Attributes, ...user } = shown(find(input));
          return { ...user, UserAttributes: Attributes };
        },
      },
      AdminListGroupsForUser: {
        run: (input) => ({
          Groups: [...find(input).groups].map((GroupName) => ({ GroupName, UserPoolId: pool.id })),
        }),
      },
      AdminAddUserToGroup: {
        run(input) {
          const user = find(input);
          const group = pool.groups.find((name) => name === textOf(input, 'GroupName'));
          if (!group) throw new AwsError('ResourceNotFoundException', 'Group not found.');
          user.groups.add(group);
          changed();
          return {};
        },
        changes: (input) => [textOf(input, 'Username')],
        details: (input) => ({ group: textOf(input, 'GroupName') }),
      },
      AdminSetUserPassword: {
        run(input) {
          const user = find(input);
          checkPassword(textOf(input, 'Password'));
          user.status = input.Permanent === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
          changed();
          return {};
        },
        changes: (input) => [textOf(input, 'Username')],
      },
      AdminDeleteUser: {
        run(input) {
          users.delete(find(input).username.toLowerCase());
          changed();
          return {};
        },
        changes: (input) => [textOf(input, 'Username')],
      },
      ListUsers: {
        run(input) {
          checkPool(input);
          const filter = textOf(input, 'Filter');
          const match = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
          if (filter && !match)
            throw new AwsError('InvalidParameterException', 'Error while parsing filter.');
          const [, name = '', operator, raw = ''] = match ?? [];
          const wanted = raw.replace(/\\(.)/g, '$1');
          const found = [...users.values()].filter((user) => {
            if (!match) return true;
            const value = user.attributes.find((one) => one.Name === name)?.Value ?? '';
            return operator === '=' ? value === wanted : value.startsWith(wanted);
          });
          const { items, next } = pageOf(
            found,
            textOf(input, 'PaginationToken'),
            Math.min(60, numberOf(input, 'Limit') ?? 60),
          );
          return { Users: items.map(shown), PaginationToken: next };
        },
      },
    },
  };

  return {
    service,
    count: () => users.size,
    outbox: () => [...outbox],
    refuseMail(): void {
      canMail = false;
    },
  };
}
