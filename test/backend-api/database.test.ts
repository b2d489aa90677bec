import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isSoaking } from '../rounds.ts';
import { type Api, createApi } from './api.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { killServices, runMigrations, type Service, startService } from './service.ts';
import { type Pool, startPool } from './tokens.ts';

const problemShape = z.looseObject({ status: z.literal(503), detail: z.string(), requestId: z.string() });
const reasonIn = (detail: string) => /\((\w+)\)/.exec(detail)?.[1] ?? detail;

describe.skipIf(!hasMariaDb)('backend-api while its database comes and goes', () => {
  let database: MariaDb;
  let pool: Pool;
  let service: Service;
  let api: Api;
  let token: string;

  beforeAll(async () => {
    [database, pool] = await Promise.all([startMariaDb(), startPool()]);
    await runMigrations(database.adminSettings);
    const sub = 'd0e5a5a5-0000-4000-8000-000000000001';
    token = await pool.token({ sub, groups: ['PASSENGER'] });
  });
  afterEach(killServices);
  afterAll(async () => {
    await Promise.all([database?.close(), pool?.close()]);
  });

  const start = async () => {
    service = await startService({ ...database.settings, ...pool.settings, DB_POOL_SIZE: '8' });
    api = await createApi(service.url);
  };
  const profile = (round: number) => ({ email: 'pia@example.com', phone: null, fullName: `Pia ${round}` });
  const ask = (method = 'GET', round = 0) =>
    api.ask(method, '/profile', { token, ...(method !== 'GET' && { body: profile(round) }) });
  const ready = async () => {
    const { status: code, json } = await api.ask('GET', '/health/ready');
    return { code, ...(json as object) };
  };
  const said = (stream: 'out' | 'err', msg: string) =>
    service.lines(stream).filter((line) => line.msg === msg);

  it('comes up without it, says so, and uses it as soon as it is there', async () => {
    await database.stop();
    await start();
    expect(await ready()).toMatchObject({ code: 503, database: { state: 'down', reason: 'ECONNREFUSED' } });
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    const refused = await ask();
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(problemShape.parse(refused.json).detail).toContain('ECONNREFUSED');
    expect(said('out', 'Database pool initialized')).toEqual([]);
    expect(said('err', 'Database is unavailable (ECONNREFUSED): retrying')).toHaveLength(1);

    await database.start();
    // By itself: nobody asks.
    await expect.poll(() => said('out', 'Database pool initialized').length).toBe(1);
    expect(await ready()).toMatchObject({ code: 200, status: 'ready', database: { state: 'up' } });
    expect((await ask('POST')).status).toBe(201);
  });

  it('stays up while it is killed and brought back under load, and keeps what it said it kept', async () => {
    await start();
    const codes = new Map<number, number>();
    const reasons = new Set<string>();
    let over = false;
    let kept = 0;
    async function client(number: number): Promise<void> {
      for (let round = 1; !over; round++) {
        const writes = number === 0;
        const response = await ask(writes ? 'PUT' : 'GET', round);
        codes.set(response.status, (codes.get(response.status) ?? 0) + 1);
        if (response.status === 503) reasons.add(reasonIn(problemShape.parse(response.json).detail));
        else if (writes) kept = round;
        if (!isSoaking) await sleep(40);
      }
    }
    const load = Promise.all(Array.from({ length: isSoaking ? 24 : 8 }, (_, number) => client(number)));
    const soon = (code: number) => {
      const before = codes.get(code) ?? 0;
      return expect.poll(() => (codes.get(code) ?? 0) - before).toBeGreaterThan(50);
    };
    const rounds = isSoaking ? 2 : 1;
    for (let round = 0; round < rounds; round++) {
      await soon(200);
      await database.stop('SIGKILL');
      await soon(503);
      expect(await ready()).toMatchObject({ code: 503, database: { state: 'down' } });
      expect((await fetch(`${service.url}/health`)).status).toBe(200);
      await database.start();
      await soon(200);
    }
    over = true;
    await load;
    expect([...codes.keys()].sort()).toEqual([200, 503]);
    // What a connection would say that was lost before, and is handed out all the same.
    expect([...reasons]).not.toContain('Error');
    const { fullName } = z.object({ fullName: z.string() }).parse((await ask()).json);
    // A lost answer may have been kept; one that was given is.
    expect(Number(fullName.split(' ')[1])).toBeGreaterThanOrEqual(kept);
    expect(await ready()).toMatchObject({ database: { pool: { size: 8, waiting: 0 } } });
    expect(said('out', 'Database is back').length).toBeGreaterThanOrEqual(rounds);
  });

  it('answers 503 rather than hang when it stands still, and goes on afterwards', async () => {
    await start();
    const owner = await database.connect();
    await owner.query('lock tables profiles write');
    const waiting = Array.from({ length: 20 }, () => ask());
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    const answers = await Promise.all(waiting);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    const details = answers.map((answer) => problemShape.parse(answer.json).detail);
    expect(details.filter((detail) => detail.includes('PROTOCOL_SEQUENCE_TIMEOUT'))).toHaveLength(8);
    expect(details.filter((detail) => detail.includes('POOL_TIMEOUT'))).toHaveLength(12);
    await owner.query('unlock tables');
    await owner.end();
    // Nobody gets the answer to another's question.
    const after = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await ask()).json).toMatchObject({ email: 'pia@example.com' });
  });

  it('tells of a bug by its id, and logs it without what people sent', async () => {
    await start();
    const owner = await database.connect();
    await owner.query('alter table profiles change phone telephone varchar(16)');
    // Not held to the document, which promises no bug.
    const response = await fetch(`${service.url}/profile`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(profile(7)),
    });
    await owner.query('alter table profiles change telephone phone varchar(16)');
    await owner.end();
    expect(response.status).toBe(500);
    const { requestId, detail } = z
      .looseObject({ requestId: z.string(), detail: z.string() })
      .parse(await response.json());
    expect(detail).toContain(requestId);
    const [bug] = said('err', 'unexpected error');
    expect(bug).toMatchObject({ requestId, err: { code: 'ER_BAD_FIELD_ERROR' } });
    expect(JSON.stringify(service.lines('err'))).not.toMatch(/pia@example|Pia 7/);
  });

  it('does not send a password to whom it can not trust', async () => {
    await start();
    const settings = { ...database.settings, ...pool.settings, DB_TLS: 'true' };
    const strict = await startService(settings);
    const response = await fetch(`${strict.url}/health/ready`);
    expect(await response.json()).toMatchObject({
      database: { state: 'down', reason: 'HANDSHAKE_NO_SSL_SUPPORT' },
    });
  });
});
