import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeRelease } from '../../sandbox/instance/release.ts';
import { findPort } from '../../sandbox/port.ts';
import { isSoaking } from '../rounds.ts';
import { fire, startLoad } from './load.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { type Pm2, startPm2 } from './pm2.ts';
import { backend, runMigrations } from './service.ts';
import { type Pool, startPool } from './tokens.ts';

describe('pm2 reload, under load', () => {
  let folder: string;
  let pm2: Pm2;
  let pool: Pool;
  let database: MariaDb | undefined;
  let url: string;
  let headers: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'd2-reload-'));
    const port = await findPort();
    url = `http://127.0.0.1:${port}`;
    [pool, database] = await Promise.all([startPool(), hasMariaDb ? startMariaDb() : undefined]);
    if (database) await runMigrations(database.adminSettings);
    const settings = { PORT: String(port), HOST: '127.0.0.1', ...pool.settings, ...database?.settings };
    const link = await placeRelease({ backend, appRoot: folder, settings });
    pm2 = await startPm2();
    await pm2.run('start', join(link, 'ecosystem.config.cjs'));
    headers = {
      authorization: `Bearer ${await pool.token({ groups: ['PASSENGER'] })}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ email: 'pia@example.com', fullName: 'Pia' });
    if (database) await fetch(`${url}/profile`, { method: 'POST', headers, body });
  });
  afterAll(async () => {
    await pm2?.close();
    await Promise.all([pool?.close(), database?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  const reloads = isSoaking ? 3 : 1;
  // As fast as it can only in the soak: it is requests at any moment that a reload may lose, not many.
  const pauseMs = isSoaking ? 0 : 100;
  const overallRate = isSoaking ? undefined : 100;
  async function reload(): Promise<void> {
    const before = await pm2.show();
    for (let count = 0; count < reloads; count++) await pm2.run('reload', 'backend-api');
    const after = await pm2.show();
    expect(after.pm2_env.restart_time - before.pm2_env.restart_time).toBe(reloads);
    expect(after.pid).not.toBe(before.pid);
  }
  const only = (outcomes: Record<string, number>) => Object.keys(outcomes);

  it('answers every request, with connections kept and with a new one for each', async () => {
    const loads = [true, false].map((keepAlive) =>
      startLoad({ url: `${url}/health`, clients: 8, keepAlive, pauseMs }),
    );
    await reload();
    for (const outcomes of await Promise.all(loads.map((load) => load.stop()))) {
      expect(outcomes).toEqual({ 200: expect.any(Number) });
      expect(outcomes[200]).toBeGreaterThan(100);
    }
  });

  it.runIf(hasMariaDb)('answers every request of a caller with a token, from the database', async () => {
    const loads = [true, false].map((keepAlive) =>
      startLoad({ url: `${url}/profile`, headers, clients: 8, keepAlive, pauseMs }),
    );
    await reload();
    const all = await Promise.all(loads.map((load) => load.stop()));
    expect(all.map(only)).toEqual([['200'], ['200']]);
  });

  it('gives autocannon no error, no time out and nothing but 2xx', async () => {
    const cannons = [undefined, { connection: 'close' }].map((headers) =>
      fire(`${url}/health`, { headers, overallRate }),
    );
    await reload();
    for (const result of await Promise.all(cannons.map((cannon) => cannon.stop()))) {
      expect(result).toMatchObject({ errors: 0, timeouts: 0, non2xx: 0, mismatches: 0 });
      expect(result['2xx']).toBeGreaterThan(100);
    }
  });

  it('leaves nothing in the error log, and drains each process to its end', async () => {
    expect(await pm2.log('error')).toEqual([]);
    const messages = (await pm2.log('out')).map(({ msg }) => msg);
    const count = (wanted: string) => messages.filter((msg) => msg === wanted).length;
    expect(count('backend-api draining')).toBeGreaterThanOrEqual(2 * reloads);
    expect(count('backend-api stopped')).toBe(count('backend-api draining'));
  });
});
