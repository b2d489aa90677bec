import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createApi } from './api.ts';
import { killServices, type Service, startService } from './service.ts';
import { type Pool, startPool } from './tokens.ts';

let pool: Pool;
let service: Service;
let api: Api;

beforeAll(async () => {
  pool = await startPool();
  service = await startService(pool.settings);
  api = await createApi(service.url);
});
afterEach(() => pool.setDown(false));
afterAll(async () => {
  killServices();
  await pool.close();
});

/** Held to the OpenAPI document, as every answer here. */
const ask = (authorization?: string, path = '/profiles') =>
  api.ask('GET', path, { headers: authorization === undefined ? {} : { authorization } });

/** Without a database a caller who is let in gets as far as a 503 that names it. */
async function isLetIn(token: string): Promise<boolean> {
  const { status, text } = await ask(`Bearer ${token}`);
  return status === 503 && text.includes("The database can't be asked now");
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('access to backend-api', () => {
  it('lets an access token of the pool in', async () => {
    expect(await isLetIn(await pool.token({ groups: ['ADMIN'] }))).toBe(true);
  });

  it('asks for a token, as a 401 that says how', async () => {
    const response = await ask();
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.json).toMatchObject({ title: 'Unauthorized', instance: '/profiles' });
  });

  it.each([
    '',
    'Bearer',
    'Bearer a',
    'Basic dmVyYTp4',
    'Bearer a.b',
    `Bearer ${'a'.repeat(9_000)}.b.c`,
    'Bearer a.b.c d',
  ])('refuses the header "%.20s"', async (header) => {
    expect((await ask(header)).status).toBe(401);
  });

  it('refuses what the pool did not sign for this client, as an access token, for now', async () => {
    const groups = ['ADMIN'];
    const hour = 3_600;
    const now = Math.floor(Date.now() / 1000);
    const good = await pool.token({ groups });
    const [head = '', body = '', signature = ''] = good.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    await pool.addKey('nobody', { hidden: true });
    const bad: Record<string, string> = {
      'an expired one': await pool.token({ groups, expiresIn: -5 }),
      'one that is not valid yet': await pool.token({ groups, claims: { nbf: now + hour } }),
      'an ID token': await pool.token({ groups, claims: { token_use: 'id', aud: claims.client_id } }),
      'of another client': await pool.token({ groups, claims: { client_id: 'another' } }),
      'of another pool': await pool.token({ groups, claims: { iss: `${claims.iss}x` } }),
      'of another region': await pool.token({
        groups,
        claims: { iss: claims.iss.replace('southeast-1', 'east-1') },
      }),
      'without expiry': await pool.token({ groups, claims: { exp: undefined } }),
      'signed by a key nobody knows': await pool.token({ groups, kid: 'nobody' }),
      'with claims put in': `${head}.${part({ ...claims, 'cognito:groups': ['ADMIN', 'DRIVER'] })}.${signature}`,
      unsigned: `${part({ alg: 'none', kid: 'first' })}.${body}.`,
      'unsigned, with something there': `${part({ alg: 'none', kid: 'first' })}.${body}.AAAA`,
      'signed with a secret of its own': `${part({ alg: 'HS256', kid: 'first' })}.${body}.${createHmac('sha256', 'x').update(body).digest('base64url')}`,
      'without a key id': `${part({ alg: 'RS256' })}.${body}.${signature}`,
      'no JSON': `${Buffer.from('x').toString('base64url')}.${Buffer.from('y').toString('base64url')}.AAAA`,
    };
    for (const [name, token] of Object.entries(bad)) {
      const response = await ask(`Bearer ${token}`);
      expect([name, response.status]).toEqual([name, 401]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_(token|request)"$/);
    }
    expect((await ask(`Bearer ${bad['an expired one']}`)).text).toContain('has expired');
    expect(await isLetIn(good)).toBe(true);
  });

  it('stops taking a token that it took before when its time is over', async () => {
    const token = await pool.token({ groups: ['ADMIN'], expiresIn: 3 });
    expect(await isLetIn(token)).toBe(true);
    await expect.poll(async () => (await ask(`Bearer ${token}`)).status, { timeout: 10_000 }).toBe(401);
    expect((await ask(`Bearer ${token}`)).text).toContain('has expired');
  });

  it('refuses a caller without the role with a 403 that says which', async () => {
    const response = await ask(`Bearer ${await pool.token({ groups: ['PASSENGER', 'EVERYTHING'] })}`);
    expect(response.status).toBe(403);
    expect(response.json).toMatchObject({
      detail: 'This is for ADMIN only; your token says PASSENGER.',
    });
  });

  it('goes on with the keys that it knows when the pool is out of reach, and says 503 for a new one', async () => {
    await service.stop();
    service = await startService(pool.settings);
    api = await createApi(service.url);
    const known = await pool.token({ groups: ['ADMIN'] });
    expect(await isLetIn(known)).toBe(true);
    pool.setDown(true);
    expect(await isLetIn(await pool.token({ groups: ['ADMIN'] }))).toBe(true);
    const kid = await pool.addKey(randomUUID());
    const rotated = await pool.token({ groups: ['ADMIN'], kid });
    const asked = pool.asked();
    for (let round = 0; round < 5; round++) {
      const response = await ask(`Bearer ${rotated}`);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(response.text).toContain('keys are out of reach');
    }
    // However many come, the pool is not asked again at once.
    expect(pool.asked() - asked).toBe(1);
    expect(await isLetIn(known)).toBe(true);
    pool.setDown(false);
    await expect.poll(() => isLetIn(rotated), { timeout: 20_000, interval: 500 }).toBe(true);
  });

  it('starts while the pool is out of reach, and lets people in once it is back', async () => {
    pool.setDown(true);
    await service.stop();
    service = await startService(pool.settings);
    api = await createApi(service.url);
    const token = await pool.token({ groups: ['ADMIN'] });
    expect((await ask(`Bearer ${token}`)).status).toBe(503);
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    pool.setDown(false);
    await expect.poll(() => isLetIn(token), { timeout: 20_000, interval: 500 }).toBe(true);
  });

  it('writes neither tokens nor what was sent into its log', async () => {
    const token = await pool.token({ groups: ['ADMIN'] });
    await ask(`Bearer ${token}`, '/profiles?search=of-nobodys-business');
    await fetch(`${service.url}/profile`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'of-nobodys-business@example.com' }),
    });
    await service.stop();
    const log = JSON.stringify([...service.lines('out'), ...service.lines('err')]);
    expect(log).toContain('"route":"/profiles"');
    expect(log).not.toContain('of-nobodys-business');
    for (const piece of token.split('.')) expect(log).not.toContain(piece);
  });
});
