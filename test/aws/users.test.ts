import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createUsers } from '../../src/aws/users.ts';
import type { EnvironmentSettings } from '../../src/platform/settings.ts';
import { settingsOf } from '../environment-settings.ts';
import { type Answer, clientsOf, json, jsonError, type Seen, startWire, userErrorOf } from './wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const email = 'ana@example.com';
const operation = '01JD2Q4B8ZC0FFEE0000000000';
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const change = () => ({ ...call(), operation });
const ana = { username: email, email, mail: true, attributes: {} };
const pools = json({
  UserPools: [
    { Id: 'p-prod', Name: 'd2-ride-booking-prod' },
    { Id: 'p-dev', Name: 'd2-ride-booking-dev' },
  ],
});

async function startUsers(
  answer: (seen: Seen, nth: number) => Answer | undefined | Promise<Answer | undefined>,
  env = 'dev',
  settings: Partial<EnvironmentSettings> = {},
) {
  const wire = await startWire(
    async (seen, nth) => (await answer(seen, nth)) ?? (seen.action === 'ListUserPools' ? pools : json({})),
  );
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  return { users: createUsers({ clients, settings: settingsOf(env, settings) }), wire };
}

const bodyOf = (seen: readonly Seen[], action: string): unknown =>
  JSON.parse(seen.find((one) => one.action === action)?.body ?? 'null');

test('a user is created with a verified email and mailed, not texted', async () => {
  const { users, wire } = await startUsers(() => undefined);
  await users.createUser(ana, change());
  expect(bodyOf(wire.seen, 'AdminCreateUser')).toEqual({
    UserPoolId: 'p-dev',
    Username: email,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
    ],
    DesiredDeliveryMediums: ['EMAIL'],
  });
});

test('a user is created without a mail when none is wanted', async () => {
  const { users, wire } = await startUsers(() => undefined);
  await users.createUser({ ...ana, mail: false }, change());
  expect(bodyOf(wire.seen, 'AdminCreateUser')).toMatchObject({ MessageAction: 'SUPPRESS' });
});

test.each([
  ['group', []],
  ['attribute', [{ Name: 'custom:kind', Value: 'DRIVER' }]],
  ['both', [{ Name: 'custom:kind', Value: 'DRIVER' }]],
] as const)('where roles are kept in %s, a user is created with %j', async (roles, expected) => {
  const { users, wire } = await startUsers(() => undefined, 'dev', {
    cognito: { pool: undefined, client: undefined, tag: undefined, roles, attribute: 'custom:kind' },
  });
  await users.createUser({ ...ana, role: 'DRIVER' }, change());
  const { UserAttributes } = Object(bodyOf(wire.seen, 'AdminCreateUser'));
  expect(UserAttributes.slice(2)).toEqual(expected);
});

test.each([
  ['UsernameExistsException', 'conflict', 'is in the pool already', 'cognito show'],
  ['CodeDeliveryFailureException', 'unavailable', 'could not mail', 'SES'],
])('%s is said in words', async (name, code, words, hint) => {
  const { users } = await startUsers(({ action }) =>
    action === 'AdminCreateUser' ? jsonError(name) : undefined,
  );
  expect(await userErrorOf(users.createUser(ana, change()))).toEqual({
    code,
    message: expect.stringContaining(words),
    hint: expect.stringContaining(hint),
  });
});

test('a pool that is not there is named', async () => {
  const { users } = await startUsers(() => undefined, 'test');
  await expect(users.findUsers(email, call())).rejects.toMatchObject({
    code: 'not-found',
    message: 'There is no Cognito pool for test, named d2-ride-booking-test.',
  });
});

/** A pool's users, found as Cognito finds them: by username, by an email that signs in, or by ListUsers' filter letter by letter. */
function poolOf(users: { Username: string; email?: string; signsIn?: boolean }[], pool: object = {}) {
  const shown = (one: (typeof users)[number]) => ({
    Username: one.Username,
    UserStatus: one.signsIn === false ? 'EXTERNAL_PROVIDER' : 'CONFIRMED',
    Enabled: true,
  });
  const attributesOf = ({ email }: (typeof users)[number]) =>
    email === undefined ? [] : [{ Name: 'email', Value: email }];
  return ({ action, body }: Seen) => {
    const { Username = '', Filter = '' } = JSON.parse(body || '{}');
    if (action === 'DescribeUserPool') return json({ UserPool: pool });
    if (action === 'AdminListGroupsForUser')
      return json({ Groups: [{ GroupName: 'DRIVER' }, { GroupName: 'p-dev_Google' }] });
    if (action === 'AdminGetUser') {
      const found = users.find(
        (one) => one.Username === Username || (one.signsIn !== false && one.email === Username),
      );
      return found
        ? json({ ...shown(found), UserAttributes: attributesOf(found) })
        : jsonError('UserNotFoundException');
    }
    if (action !== 'ListUsers') return undefined;
    const [, name, operator, value = ''] = /^(\w+) (\^?=) "(.*)"$/.exec(Filter) ?? [];
    const Users = users.filter((one) => {
      const own = (name === 'email' ? one.email : one.Username) ?? '';
      return operator === '=' ? own === value : own.startsWith(value);
    });
    return json({ Users: Users.map((one) => ({ ...shown(one), Attributes: attributesOf(one) })) });
  };
}

const ofUuid = { Username: '3f1c0a52-90d1-70b4-0000-000000000001', email };
const ofGoogle = { Username: 'Google_104382', email, signsIn: false };
const named = async (users: Awaited<ReturnType<typeof startUsers>>['users'], name: string) =>
  (await users.findUsers(name, call())).map(({ username }) => username);

describe('the environment’s pool', () => {
  interface Described {
    name: string;
    tags?: Record<string, string>;
    denied?: boolean;
  }
  const own = { Project: 'd2-ride-booking', Environment: 'dev' };
  const prod = { ...own, Environment: 'prod' };
  const riders = { Purpose: 'riders' };

  async function findId(described: Record<string, Described>, cognito: object = {}) {
    const settings = settingsOf('dev');
    const { users } = await startUsers(
      ({ action, body }) => {
        const { UserPoolId = '' } = JSON.parse(body || '{}');
        if (action === 'ListUserPools')
          return json({ UserPools: Object.entries(described).map(([Id, { name }]) => ({ Id, Name: name })) });
        const { name, tags, denied } = described[UserPoolId] ?? { name: '' };
        if (action !== 'DescribeUserPool') return undefined;
        return denied
          ? jsonError('AccessDeniedException')
          : json({ UserPool: { Name: name, UserPoolTags: tags } });
      },
      'dev',
      { cognito: { ...settings.cognito, ...cognito } },
    );
    return (await users.findPool(call())).id;
  }

  const tag = { key: 'Purpose', value: 'riders' };
  test.each<[string, Record<string, Described>, object, string]>([
    ['its id', { a: { name: 'x' }, b: { name: 'd2-ride-booking-dev' } }, { pool: 'a' }, 'a'],
    ['its name', { a: { name: 'x' }, b: { name: 'y' } }, { pool: 'y' }, 'b'],
    [
      'the usual name',
      { a: { name: 'd2-ride-booking-dev-old' }, b: { name: 'd2-ride-booking-dev' } },
      {},
      'b',
    ],
    ['how its name begins', { a: { name: 'x' }, b: { name: 'd2-ride-booking-dev-riders' } }, {}, 'b'],
    ['a tag', { a: { name: 'x', tags: { Purpose: 'staff' } }, b: { name: 'y', tags: riders } }, { tag }, 'b'],
    [
      'a tag, before any name',
      { a: { name: 'd2-ride-booking-dev' }, b: { name: 'y', tags: riders } },
      { tag },
      'b',
    ],
    [
      'a tag that other environments’ pools have too',
      { a: { name: 'x', tags: { ...prod, ...riders } }, b: { name: 'y', tags: { ...own, ...riders } } },
      { tag },
      'b',
    ],
    ['Project and Environment', { a: { name: 'x', tags: prod }, b: { name: 'y', tags: own } }, {}, 'b'],
    [
      'the tags that the bot may see',
      { a: { name: 'x', denied: true }, b: { name: 'y', tags: own } },
      {},
      'b',
    ],
  ])('is found by %s', async (_, described, cognito, id) => {
    expect(await findId(described, cognito)).toBe(id);
  });

  test.each<[string, Record<string, Described>, object, string, string]>([
    ['of one name', { a: { name: 'x' }, b: { name: 'x' } }, { pool: 'x' }, 'conflict', 'a (x), b (x)'],
    [
      'of names that begin alike',
      { a: { name: 'd2-ride-booking-dev-1' }, b: { name: 'd2-ride-booking-dev-2' } },
      {},
      'conflict',
      'cognito.pool: a (d2-ride-booking-dev-1)',
    ],
    [
      'of one tag',
      { a: { name: 'x', tags: riders }, b: { name: 'y', tags: riders } },
      { tag },
      'conflict',
      'a (x), b (y)',
    ],
    ['that nobody tagged so', { a: { name: 'x', tags: prod } }, { tag }, 'not-found', 'There is x.'],
    ['that can’t be looked at', { a: { name: 'x', denied: true } }, {}, 'not-found', 'the tags of 1 of them'],
  ])('is not guessed among pools %s', async (_, described, cognito, code, hint) => {
    expect(await userErrorOf(findId(described, cognito))).toMatchObject({
      code,
      hint: expect.stringContaining(hint),
    });
  });
});

test.each([
  ['email', { UsernameAttributes: ['email'] }],
  ['email', { UsernameAttributes: ['phone_number', 'email'] }],
  ['phone_number', { UsernameAttributes: ['phone_number'] }],
  ['uuid', { AliasAttributes: ['email', 'preferred_username'] }],
  ['email', {}],
  ['email', { AliasAttributes: ['phone_number'] }],
])('a new user’s username is of kind %s where the pool has %j', async (kind, pool) => {
  const { users } = await startUsers(poolOf([], pool));
  expect((await users.findPool(call())).usernames).toBe(kind);
});

test('a user is found with groups, without those that Cognito makes of identity providers; an unknown one is no error', async () => {
  const { users } = await startUsers(poolOf([ofUuid]));
  expect(await users.findUsers(email, call())).toEqual([
    {
      username: ofUuid.Username,
      email,
      status: 'CONFIRMED',
      enabled: true,
      createdAt: undefined,
      groups: ['DRIVER'],
    },
  ]);
  expect(await users.findUsers('nobody@example.com', call())).toEqual([]);
});

test.each([
  ['a UUID', ofUuid.Username, [ofUuid.Username]],
  ['a federated username', ofGoogle.Username, [ofGoogle.Username]],
  ['a username that is an email elsewhere', 'Azure_ana@corp.example', ['Azure_ana@corp.example']],
  ['the email attribute of a federated user', 'gus@example.com', ['Google_7']],
  ['an email that two have', email, [ofUuid.Username, ofGoogle.Username]],
])('users are found by %s', async (_, name, usernames) => {
  const { users } = await startUsers(
    poolOf([
      ofUuid,
      ofGoogle,
      { Username: 'Azure_ana@corp.example', email: 'x@corp.example', signsIn: false },
      { Username: 'Google_7', email: 'gus@example.com', signsIn: false },
    ]),
  );
  expect(await named(users, name)).toEqual(usernames);
});

test.each([
  ['count where the pool says so', { UsernameConfiguration: { CaseSensitive: true } }, []],
  ['count where the pool says nothing', {}, []],
  ['don’t count otherwise', { UsernameConfiguration: { CaseSensitive: false } }, [ofGoogle.Username]],
])('capitals %s', async (_, pool, found) => {
  const { users } = await startUsers(poolOf([ofGoogle], pool));
  expect(await named(users, 'Ana@Example.com')).toEqual(found);
  expect(await named(users, email)).toEqual([ofGoogle.Username]);
});

test('an internationalised domain is found in either of its forms', async () => {
  const { users } = await startUsers(
    poolOf([
      { Username: 'Google_1', email: 'ana@bücher.example', signsIn: false },
      { Username: 'Google_2', email: 'ana@xn--bcher-kva.example', signsIn: false },
    ]),
  );
  expect(await named(users, 'ana@xn--bcher-kva.example')).toEqual(['Google_2', 'Google_1']);
});

test('lists begin with an email, however it is capitalised, or with a username', async () => {
  const { users } = await startUsers(poolOf([ofUuid, { Username: 'Google_7', email: 'Gus@example.com' }]));
  const listed = async (prefix: string) =>
    (await users.listUsers(prefix, 10, call())).users.map(({ username }) => username);
  expect(await listed('Ana')).toEqual([ofUuid.Username]);
  expect(await listed('Gus')).toEqual(['Google_7']);
  expect(await listed('Google_')).toEqual(['Google_7']);
  expect(await listed('3f1c')).toEqual([ofUuid.Username]);
  expect(await listed('zed')).toEqual([]);
});

test('lists pass over empty pages, and say whether there are more', async () => {
  const { users, wire } = await startUsers(({ action, body }) => {
    if (action !== 'ListUsers') return undefined;
    return body.includes('"PaginationToken":"two"')
      ? json({ Users: ['a', 'b', 'c'].map((Username) => ({ Username })) })
      : json({ Users: [], PaginationToken: 'two' });
  });
  const found = await users.listUsers('a"b', 2, call());
  expect(found).toMatchObject({ users: [{ username: 'a' }, { username: 'b' }], more: true });
  expect(bodyOf(wire.seen, 'ListUsers')).toMatchObject({ Filter: 'email ^= "a\\"b"' });
});

const policy = json({
  UserPool: { Policies: { PasswordPolicy: { MinimumLength: 30, RequireSymbols: true } } },
});

test('a password is kept before it is set, suits the policy, and is not answered', async () => {
  const { users, wire } = await startUsers(({ action }) =>
    action === 'DescribeUserPool' ? policy : undefined,
  );
  const answer = await users.keepPassword(ana, change());
  expect(answer).toEqual({ secret: `d2-ride-booking/dev/cognito/${email}` });
  const changes = wire.seen.map(({ action }) => action).filter((action) => !/^(List|Describe)/.test(action));
  expect(changes).toEqual(['CreateSecret', 'AdminSetUserPassword']);
  const created = wire.seen.find(({ action }) => action === 'CreateSecret')?.body ?? '';
  const { SecretString, Tags } = JSON.parse(created);
  expect(Tags).toContainEqual({ Key: 'Operation', Value: operation });
  const { username, password } = JSON.parse(SecretString);
  expect(username).toBe(email);
  expect(bodyOf(wire.seen, 'AdminSetUserPassword')).toMatchObject({ Password: password, Permanent: true });
  expect(password).toHaveLength(30);
  for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[!@#%^*\-_+=?]/]) expect(password).toMatch(kind);
});

test('a password that can’t be kept is not set', async () => {
  const { users, wire } = await startUsers(({ action }) =>
    action === 'DescribeUserPool'
      ? policy
      : action === 'CreateSecret'
        ? jsonError('AccessDeniedException')
        : undefined,
  );
  await expect(users.keepPassword(ana, change())).rejects.toMatchObject({ code: 'forbidden' });
  expect(wire.seen.map(({ action }) => action)).not.toContain('AdminSetUserPassword');
});

test('a user’s secret that is there already gets a new version', async () => {
  const { users, wire } = await startUsers(({ action }) =>
    action === 'DescribeUserPool'
      ? policy
      : action === 'CreateSecret'
        ? jsonError('ResourceExistsException')
        : undefined,
  );
  await users.keepPassword({ username: 'sub-1', email: "o'b%n=x/y@example.com" }, change());
  expect(bodyOf(wire.seen, 'PutSecretValue')).toMatchObject({
    SecretId: 'd2-ride-booking/dev/cognito/o=27b=25n=3Dx=2Fy@example.com',
  });
  expect(bodyOf(wire.seen, 'AdminSetUserPassword')).toMatchObject({ Username: 'sub-1' });
});

test('the pool’s settings are told in words', async () => {
  const { users } = await startUsers(({ action }) => {
    if (action === 'DescribeUserPool') {
      const PasswordPolicy = { MinimumLength: 12, RequireNumbers: true, RequireUppercase: false };
      return json({
        UserPool: { Name: 'd2-ride-booking-dev', EstimatedNumberOfUsers: 3, Policies: { PasswordPolicy } },
      });
    }
    if (action === 'ListUserPoolClients') {
      return json({ UserPoolClients: [{ ClientId: 'c1', ClientName: 'd2-ride-booking-dev-app' }] });
    }
    return action === 'ListGroups'
      ? json({ Groups: [{ GroupName: 'DRIVER' }, { GroupName: 'ADMIN' }] })
      : undefined;
  });
  expect(await users.findPool(call())).toEqual({
    id: 'p-dev',
    name: 'd2-ride-booking-dev',
    client: 'c1',
    issuer: 'https://cognito-idp.ap-southeast-1.amazonaws.com/p-dev',
    users: 3,
    passwordPolicy: 'at least 12 characters with a digit',
    mailsFrom: expect.stringContaining('Cognito'),
    groups: ['ADMIN', 'DRIVER'],
    caseSensitive: true,
    usernames: 'email',
    attributes: [],
  });
});

const usernames = Array.from({ length: 60 }, (_, at) => `user-${at}`);

test('groups of sixty users: one look-up of the pool, a call a user, ten at once', async () => {
  let underWay = 0;
  let most = 0;
  let seeTen = () => {};
  const ten = new Promise<void>((resolve) => {
    seeTen = resolve;
  });
  const { users, wire } = await startUsers(async ({ action }) => {
    if (action === 'ListUsers') return json({ Users: usernames.map((Username) => ({ Username })) });
    if (action === 'ListUserPools') return undefined;
    most = Math.max(most, ++underWay);
    if (most >= 10) seeTen();
    await ten;
    // For an eleventh, were it let in.
    await delay(10);
    underWay--;
    return json({ Groups: [{ GroupName: 'DRIVER' }] });
  });
  const found = await users.listUsers(undefined, 60, call());
  const groups = await Promise.all(found.users.map(({ username }) => users.findGroups(username, call())));
  expect(groups).toEqual(usernames.map(() => ['DRIVER']));
  const count = (action: string) => wire.seen.filter((one) => one.action === action).length;
  expect([count('ListUserPools'), count('ListUsers'), count('AdminListGroupsForUser')]).toEqual([1, 1, 60]);
  expect(wire.seen).toHaveLength(62);
  expect(most).toBe(10);
});

test('those who wait for their turn leave when they give up, and nothing is sent for them', async () => {
  const { users, wire } = await startUsers(async ({ action }) => {
    if (action === 'AdminListGroupsForUser') await delay(300);
    return undefined;
  });
  await users.listUsers(undefined, 1, call());
  const patient = usernames.slice(0, 10).map((username) => users.findGroups(username, call()));
  const gaveUp = users.findGroups('late', { signal: AbortSignal.timeout(50) });
  await expect(gaveUp).rejects.toMatchObject({ name: 'UserError', code: 'timeout' });
  await Promise.all(patient);
  await users.findGroups('next', call());
  const asked = wire.seen.filter(({ action }) => action === 'AdminListGroupsForUser');
  expect(asked).toHaveLength(11);
  expect(asked.some(({ body }) => body.includes('late'))).toBe(false);
});

test('the pool is looked up by many at once in one call, and one who gives up takes no other along', async () => {
  const { users, wire } = await startUsers(async ({ action }, nth) => {
    if (action === 'ListUserPools' && nth === 1) return 'silence';
    return undefined;
  });
  const first = users.findGroups('a', { signal: AbortSignal.timeout(100) });
  const others = ['b', 'c', 'd'].map((username) => users.findGroups(username, call()));
  await expect(first).rejects.toMatchObject({ code: 'timeout' });
  expect(await Promise.all(others)).toEqual([[], [], []]);
  expect(wire.seen.filter(({ action }) => action === 'ListUserPools')).toHaveLength(2);
});

test('a pool that was replaced is looked up anew', async () => {
  let id = 'p-old';
  const { users, wire } = await startUsers(({ action, body }) => {
    if (action === 'ListUserPools') return json({ UserPools: [{ Id: id, Name: 'd2-ride-booking-dev' }] });
    return body.includes(id) ? json({ Groups: [] }) : jsonError('ResourceNotFoundException');
  });
  await users.findGroups('a', call());
  id = 'p-new';
  expect(await users.findGroups('a', call())).toEqual([]);
  await users.findGroups('b', call());
  expect(wire.seen.filter(({ action }) => action === 'ListUserPools')).toHaveLength(2);
});

test('a group that is not there is no reason to try again', async () => {
  const { users, wire } = await startUsers(({ action }) =>
    action === 'AdminAddUserToGroup' ? jsonError('ResourceNotFoundException') : undefined,
  );
  await expect(users.addToGroup(email, 'NONE', change())).rejects.toMatchObject({ code: 'not-found' });
  expect(wire.seen.filter(({ action }) => action === 'AdminAddUserToGroup')).toHaveLength(1);
});
