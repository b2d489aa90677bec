import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserPasswordCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  InitiateAuthCommand,
  ListUserPoolClientsCommand,
  ListUsersCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownWorld } from '../../../sandbox/worlds/own.ts';
import { startTestAccount, type TestAccount } from './test-account.ts';

const UserPoolId = 'ap-southeast-1_D2SandBox';

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount();
});
afterAll(() => s?.close());

const named = (name: string) => expect.objectContaining({ name });

describe('the user pool', () => {
  const create = (Username: string, more: Partial<AdminCreateUserCommandInput> = {}) =>
    s.clients.cognito.changing.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
        ...more,
      }),
    );
  const get = (Username: string) =>
    s.clients.cognito.reading.send(new AdminGetUserCommand({ UserPoolId, Username }));
  const pool = () => s.account.resources().find(({ kind }) => kind === 'cognito-pool')?.details;

  test('tells its policy and its app', async () => {
    const { cognito } = s.clients;
    const { UserPool } = await cognito.reading.send(new DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool?.Policies?.PasswordPolicy).toMatchObject({ MinimumLength: 12, RequireSymbols: true });
    const apps = await cognito.reading.send(new ListUserPoolClientsCommand({ UserPoolId }));
    const { ClientId } = apps.UserPoolClients?.[0] ?? {};
    const app = await cognito.reading.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }));
    expect(app.UserPoolClient?.ExplicitAuthFlows).toContain('ALLOW_USER_PASSWORD_AUTH');
    expect(app.UserPoolClient?.PreventUserExistenceErrors).toBe('ENABLED');
  });

  test('invites by mail, puts into a group, and takes a password that keeps the policy', async () => {
    const { cognito } = s.clients;
    const Username = 'ana@example.com';
    const { User } = await create(Username);
    expect(User).toMatchObject({ UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true });
    expect(pool()).toMatchObject({ mailsSent: 1, lastMail: expect.stringContaining('invitation to ana@') });
    const add = (GroupName: string) =>
      cognito.changing.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
    await add('DRIVER');
    await expect(add('PILOT')).rejects.toEqual(named('ResourceNotFoundException'));
    const { Groups } = await cognito.reading.send(
      new AdminListGroupsForUserCommand({ UserPoolId, Username }),
    );
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['DRIVER']);
    const set = (Password: string) =>
      cognito.changing.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }),
      );
    for (const weak of ['Short1!', 'alllowercase1!', 'ALLUPPERCASE1!', 'NoDigitsHere!', 'NoSymbols1234'])
      await expect(set(weak)).rejects.toEqual(named('InvalidPasswordException'));
    await set('Long-enough-123');
    expect((await get(User?.Username ?? '')).UserStatus).toBe('CONFIRMED');
    expect(JSON.stringify(s.account.ledger())).not.toContain('Long-enough-123');
    await expect(create(Username)).rejects.toEqual(named('UsernameExistsException'));
    await expect(create(Username, { MessageAction: 'RESEND' })).rejects.toEqual(
      named('UnsupportedUserStateException'),
    );
    await cognito.changing.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
    await expect(get(Username)).rejects.toEqual(named('UserNotFoundException'));
  });

  test('refuses what is no email, and makes nobody', async () => {
    await expect(create('not an email')).rejects.toEqual(named('InvalidParameterException'));
    await expect(get('not an email')).rejects.toEqual(named('UserNotFoundException'));
  });

  test('takes a user without a phone number, and mails only where email is asked for', async () => {
    const before = s.account.mails().length;
    const silent = { DesiredDeliveryMediums: undefined };
    expect((await create('bo@example.com', silent)).User?.UserStatus).toBe('FORCE_CHANGE_PASSWORD');
    await create('bo@example.com', { ...silent, MessageAction: 'RESEND' });
    await create('ba@example.com', { DesiredDeliveryMediums: ['SMS'] });
    expect(s.account.mails()).toHaveLength(before);
    await create('bo@example.com', { MessageAction: 'RESEND' });
    expect(s.account.mails().at(-1)).toMatchObject({ to: 'bo@example.com', kind: 'resent invitation' });
    await s.account.reset();
  });

  test('that can’t mail makes the user nevertheless, and the ledger has it', async () => {
    s.account.disturb({ what: 'no-mail' });
    await expect(create('cy@example.com')).rejects.toEqual(named('CodeDeliveryFailureException'));
    expect((await get('cy@example.com')).UserStatus).toBe('FORCE_CHANGE_PASSWORD');
    expect(s.account.ledger().at(-1)).toMatchObject({
      action: 'AdminCreateUser',
      targets: ['cy@example.com'],
    });
    await s.account.reset();
  });

  test('lists by a beginning, in pages', async () => {
    const list = (Filter?: string, Limit?: number, PaginationToken?: string) =>
      s.clients.cognito.reading.send(new ListUsersCommand({ UserPoolId, Filter, Limit, PaginationToken }));
    expect((await list('email ^= "driver."')).Users).toHaveLength(2);
    const first = await list(undefined, 3);
    const second = await list(undefined, 3, first.PaginationToken);
    expect([first.Users?.length, second.Users?.length, second.PaginationToken]).toEqual([3, 2, undefined]);
    await expect(list('email like "x"')).rejects.toEqual(named('InvalidParameterException'));
    await expect(list(undefined, 61)).rejects.toEqual(named('InvalidParameterException'));
  });
});

describe('a pool of another kind', () => {
  const google = 'Google_104382916450917726381';
  let other: TestAccount;
  beforeAll(async () => {
    const { pool } = ownWorld;
    const client = { ...pool.client, hidesUsers: false };
    const federated = {
      username: google,
      email: 'gus@example.com',
      groups: [],
      daysAgo: 3,
      status: 'EXTERNAL_PROVIDER',
    } as const;
    other = await startTestAccount(
      {},
      {
        ...ownWorld,
        pool: {
          ...pool,
          client,
          caseSensitive: true,
          required: ['phone_number'],
          users: [...pool.users, federated],
        },
      },
    );
  });
  afterAll(() => other?.close());

  const cognito = () => other.clients.cognito;
  const user = (Username: string) => ({ UserPoolId, Username });
  const get = (Username: string) => cognito().reading.send(new AdminGetUserCommand(user(Username)));

  test('says so', async () => {
    const { UserPool } = await cognito().reading.send(new DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool).toMatchObject({
      UsernameConfiguration: { CaseSensitive: true },
      UserPoolTags: { Project: 'd2-ride-booking', Environment: 'dev' },
    });
    expect(UserPool?.SchemaAttributes?.filter(({ Required }) => Required).map(({ Name }) => Name)).toEqual([
      'sub',
      'email',
      'phone_number',
    ]);
  });

  test('finds who signs in with an identity provider by username, and by no email', async () => {
    expect(await get(google)).toMatchObject({ Username: google, UserStatus: 'EXTERNAL_PROVIDER' });
    await expect(get('gus@example.com')).rejects.toEqual(named('UserNotFoundException'));
    const Filter = 'email = "gus@example.com"';
    const { Users } = await cognito().reading.send(new ListUsersCommand({ UserPoolId, Filter }));
    expect(Users?.map(({ Username }) => Username)).toEqual([google]);
  });

  test('has two users whose emails differ in capitals', async () => {
    const create = (Username: string) => cognito().changing.send(new AdminCreateUserCommand(user(Username)));
    await create('Siti@example.com');
    await expect(create('Siti@example.com')).rejects.toEqual(named('UsernameExistsException'));
    expect((await get('Siti@example.com')).Username).not.toBe((await get('siti@example.com')).Username);
  });

  test('wants what it requires at the first sign-in, and not of the administrator', async () => {
    const Username = 'pia@example.com';
    const TemporaryPassword = 'Temporary-123';
    await cognito().changing.send(new AdminCreateUserCommand({ ...user(Username), TemporaryPassword }));
    const AuthFlow = 'USER_PASSWORD_AUTH';
    const { id: ClientId } = ownWorld.pool.client;
    const signIn = (USERNAME: string, PASSWORD: string) =>
      cognito().changing.send(
        new InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters: { USERNAME, PASSWORD } }),
      );
    const { Session, ChallengeParameters } = await signIn(Username, TemporaryPassword);
    expect(ChallengeParameters?.requiredAttributes).toBe('["userAttributes.phone_number"]');
    const respond = (more: Record<string, string>) =>
      cognito().changing.send(
        new RespondToAuthChallengeCommand({
          ClientId,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: 'Long-enough-123', ...more },
          Session,
        }),
      );
    await expect(respond({})).rejects.toThrow('Invalid attributes given, phone_number is missing');
    await expect(respond({ 'userAttributes.phone_number': '0123' })).rejects.toThrow('phone number format');
    await respond({ 'userAttributes.phone_number': '+60123456789' });
    expect((await get(Username)).UserAttributes).toContainEqual({
      Name: 'phone_number',
      Value: '+60123456789',
    });
    // Its client hides nobody: that is what clients are made with unless it is said otherwise.
    await expect(signIn('who@example.com', 'x')).rejects.toEqual(named('UserNotFoundException'));
  });
});

test('a secret is made once, a repeated call is known, and it can be deleted', async () => {
  const { secrets } = s.clients;
  const create = (SecretString: string, ClientRequestToken?: string) =>
    secrets.changing.send(new CreateSecretCommand({ Name: 'd2/dev/x', SecretString, ClientRequestToken }));
  const token = 'a'.repeat(32);
  const made = await create('one', token);
  expect((await create('one', token)).VersionId).toBe(made.VersionId);
  await expect(create('two')).rejects.toEqual(named('ResourceExistsException'));
  await secrets.changing.send(new PutSecretValueCommand({ SecretId: made.ARN, SecretString: 'two' }));
  const value = () => secrets.reading.send(new GetSecretValueCommand({ SecretId: 'd2/dev/x' }));
  expect((await value()).SecretString).toBe('two');
  const listed = await secrets.reading.send(
    new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['d2/'] }] }),
  );
  expect(listed.SecretList?.map(({ Name }) => Name)).toEqual(['d2/dev/x']);
  await secrets.changing.send(
    new DeleteSecretCommand({ SecretId: 'd2/dev/x', ForceDeleteWithoutRecovery: true }),
  );
  await expect(value()).rejects.toEqual(named('ResourceNotFoundException'));
});

test('an alarm fires, and is found by its state', async () => {
  const firing = async () =>
    (await s.clients.cloudwatch.reading.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' })))
      .MetricAlarms;
  expect(await firing()).toEqual([]);
  s.account.disturb({ what: 'alarm', name: 'd2-ride-booking-dev-rds-cpu' });
  expect(await firing()).toEqual([
    expect.objectContaining({
      AlarmName: 'd2-ride-booking-dev-rds-cpu',
      StateTransitionedTimestamp: expect.any(Date),
    }),
  ]);
});

test('the table keeps its conditions, and a reset empties it', async () => {
  const { dynamo } = s.clients;
  const TableName = 'd2-chatops';
  const Key = { pk: { S: 'ENV#dev' } };
  const claim = () =>
    dynamo.changing.send(
      new PutItemCommand({
        TableName,
        Item: { ...Key, by: { S: 'omar' } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  await claim();
  await expect(claim()).rejects.toEqual(named('ConditionalCheckFailedException'));
  await dynamo.changing.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #by = :by',
      ExpressionAttributeNames: { '#by': 'by' },
      ExpressionAttributeValues: { ':by': { S: 'ada' } },
    }),
  );
  expect(
    s.account
      .ledger()
      .slice(-2)
      .map(({ action, targets }) => [action, ...targets]),
  ).toEqual([
    ['PutItem', 'ENV#dev'],
    ['UpdateItem', 'ENV#dev'],
  ]);
  await s.account.reset();
  const { Item } = await dynamo.reading.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  expect(Item).toBeUndefined();
});
