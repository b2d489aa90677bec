import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codeOf,
  endpoint,
  hasMariaDb,
  person,
  region,
  role,
  signToken,
  startTestDatabase,
  type TestDatabase,
} from './test-database.ts';

const minute = 60_000;

describe.runIf(hasMariaDb)('IAM tokens at the database', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await startTestDatabase();
    await db.database.start();
  });
  afterAll(() => db?.close());

  it('lets in whoever shows one, as the user it is for', async () => {
    const connection = await db.withToken(await signToken());
    const [rows] = await connection.query('select current_user() as user, database() as db');
    expect(rows).toEqual([{ user: 'app_user@%', db: 'ridebooking' }]);
    await connection.end();
  });

  it("takes a role's, which carries its session token", async () => {
    expect(await codeOf(db.withToken(await signToken({ credentials: role })))).toBe('let in');
  });

  it('grants the user the rows and not the schema', async () => {
    const connection = await db.withToken(await signToken());
    await expect(connection.query('create table t (id int)')).rejects.toMatchObject({ errno: 1142 });
    await connection.end();
  });

  it('says what MariaDB says where the token is good', async () => {
    expect(await codeOf(db.withToken(await signToken(), { database: 'mysql' }))).toBe(1044);
    expect(db.lines.at(-1)).toContain(
      "MariaDB says: Access denied for user 'app_user'@'%' to database 'mysql'",
    );
  });

  const wrong: [string, () => Promise<string>, RegExp][] = [
    ['another host', () => signToken({ hostname: `x${endpoint.host}` }), /it is for xd2-.*this is d2-/],
    ['another port', () => signToken({ port: 3307 }), /:3307, this is/],
    [
      'the address of the tunnel',
      () => signToken({ hostname: '127.0.0.1', port: db.database.tunnel.port }),
      /this is/,
    ],
    ['another user', () => signToken({ username: 'admin' }), /for the user admin/],
    ['another region', () => signToken({ region: 'eu-west-1' }), /scope is eu-west-1/],
    ['another service', () => presign({}, { service: 's3' }), /scope is ap-southeast-1\/s3/],
    [
      'another secret',
      () => signToken({ credentials: { ...person, secretAccessKey: 'guessed' } }),
      /signature/,
    ],
    [
      'an unknown key',
      () => signToken({ credentials: { ...person, accessKeyId: 'AKIANOBODY' } }),
      /no one has/,
    ],
    [
      'no session token where there is one',
      () => signToken({ credentials: { ...role, sessionToken: undefined } }),
      /session/,
    ],
    [
      'another session token',
      () => signToken({ credentials: { ...role, sessionToken: 'other' } }),
      /session/,
    ],
    [
      'a session token where there is none',
      () => signToken({ credentials: { ...person, sessionToken: 'x' } }),
      /session/,
    ],
    ['an altered signature', async () => flip(await signToken()), /signature/],
    ['no signature', async () => (await signToken()).replace(/&X-Amz-Signature=\w+/, ''), /signature/],
    ['an altered time', async () => (await signToken()).replace('Expires=900', 'Expires=899'), /signature/],
    ['more than its parameters', async () => `${await signToken()}&x=y`, /signature/],
    ['a parameter twice', async () => `${await signToken()}&DBUser=app_user`, /twice/],
    ['a longer life than RDS grants', () => presign({ 'X-Amz-Expires': '901' }), /1 to 900/],
    ['another action', () => presign({ Action: 'modify' }), /Action/],
    ['another algorithm', () => presign({ 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }), /algorithm/],
    ['another signed header', () => presign({ 'X-Amz-SignedHeaders': 'host;x' }), /SignedHeaders/],
    ['no date', () => presign({ 'X-Amz-Date': 'today' }), /no date/],
    ['the scope of another day', () => presign({}, { day: '20200101' }), /day of its scope/],
    [
      'broken escapes',
      async () => (await signToken()).replace('Action=connect', 'Action=%E0%A4%A'),
      /malformed/,
    ],
    ['nothing at all', async () => '', /no RDS IAM token/],
    ['a password', async () => 'of-a-test-only', /no RDS IAM token/],
  ];
  it.each(wrong)('refuses %s', async (_, token, why) => {
    db.lines.length = 0;
    await expect(db.withToken(await token())).rejects.toMatchObject({
      errno: 1045,
      sqlState: '28000',
      message: "Access denied for user 'app_user'@'127.0.0.1' (using password: YES)",
    });
    expect(db.lines).toEqual([expect.stringMatching(why)]);
  });

  it('signs as AWS does where a test has to sign by itself', async () => {
    expect(await codeOf(db.withToken(await presign({})))).toBe('let in');
  });

  it('refuses one again once its 15 minutes are over, and keeps the connection it had opened', async () => {
    const token = await signToken();
    const early = await db.withToken(token);
    db.clock.ahead = 14 * minute;
    expect(await codeOf(db.withToken(token))).toBe('let in');
    db.clock.ahead = 15 * minute + 1_000;
    expect(await codeOf(db.withToken(token))).toBe(1045);
    expect(db.lines.at(-1)).toContain('expired');
    expect((await early.query('select 1 as one'))[0]).toEqual([{ one: 1 }]);
    await early.end();
    db.clock.ahead = 0;
  });

  it('refuses one from the future, and bears a clock that is a little ahead', async () => {
    const token = await signToken();
    db.clock.ahead = -6 * minute;
    expect(await codeOf(db.withToken(token))).toBe(1045);
    expect(db.lines.at(-1)).toContain('future');
    db.clock.ahead = -4 * minute;
    expect(await codeOf(db.withToken(token))).toBe('let in');
    db.clock.ahead = 0;
  });

  it.each([{ expired: true }, { expiresAt: new Date(Date.now() - 1) }])(
    'refuses credentials that are %o',
    async (gone) => {
      db.credentials.set('AKIAGONE', { ...person, ...gone });
      const token = await signToken({ credentials: { ...person, accessKeyId: 'AKIAGONE' } });
      expect(await codeOf(db.withToken(token))).toBe(1045);
      expect(db.lines.at(-1)).toContain('credentials have expired');
    },
  );
});

const flip = (token: string) =>
  token.replace(/(?<=X-Amz-Signature=)./, (digit) => (digit === '0' ? '1' : '0'));

/** What AWS's signer can't be brought to sign. */
async function presign(
  query: Record<string, string>,
  { service = 'rds-db', day = '' } = {},
): Promise<string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [day || date.slice(0, 8), region, service, 'aws4_request'];
  const all = {
    Action: 'connect',
    DBUser: 'app_user',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': [person.accessKeyId, ...scope].join('/'),
    'X-Amz-Date': date,
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    ...query,
  };
  const text = Object.entries(all)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
  const place = `${endpoint.host}:${endpoint.port}`;
  const hash = (of: string) => createHash('sha256').update(of).digest('hex');
  const request = ['GET', '/', text, `host:${place}`, '', all['X-Amz-SignedHeaders'], hash('')].join('\n');
  const hmac = (key: Buffer | string, of: string) => createHmac('sha256', key).update(of).digest();
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${person.secretAccessKey}`);
  const signed = hmac(
    key,
    ['AWS4-HMAC-SHA256', all['X-Amz-Date'], scope.join('/'), hash(request)].join('\n'),
  );
  return `${place}/?${text}&X-Amz-Signature=${signed.toString('hex')}`;
}
