import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../sandbox/certificates.ts';
import { createDatabase, type Database } from '../../sandbox/database/database.ts';
import { hasMariaDb } from './mariadb.ts';
import { killServices, startService } from './service.ts';

const endpoint = { host: 'd2-ride-booking-test.c9akciq32xyz.ap-southeast-1.rds.amazonaws.com', port: 3306 };
const keys = { accessKeyId: 'AKIATESTOFBACKENDAPI', secretAccessKey: 'of-this-test-only' };
const second = 1_000;

describe.skipIf(!hasMariaDb)('backend-api with IAM tokens', () => {
  let folder: string;
  let database: Database;
  /** How far the database's clock is ahead of ours. */
  let ahead = 0;
  const said: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'd2-i-'));
    database = await createDatabase({
      folder: join(folder, 'db'),
      region: 'ap-southeast-1',
      endpoint,
      credentialOf: (id) => (id === keys.accessKeyId ? keys : undefined),
      masterPassword: 'of-the-master',
      now: () => new Date(Date.now() + ahead),
      log: (line) => said.push(line),
    });
    await database.start();
    await writeFile(join(folder, 'ca.pem'), database.ca);
  });
  afterEach(() => {
    ahead = 0;
    killServices();
  });
  afterAll(async () => {
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (more: Record<string, string> = {}) =>
    startService({
      DB_HOST: endpoint.host,
      DB_TUNNEL: `${database.tunnel.host}:${database.tunnel.port}`,
      DB_IAM_AUTH: 'true',
      DB_CA_FILE: join(folder, 'ca.pem'),
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      ...more,
    });
  const ready = async ({ url }: { url: string }) =>
    (await (await fetch(`${url}/health/ready`)).json()) as { database: { state: string; reason?: string } };

  it('goes on with the connections that it has when their token is over, and signs anew for each new one', async () => {
    const service = await start();
    expect(await ready(service)).toMatchObject({ database: { state: 'up' } });
    // The first token is over then, and one of that moment nearly.
    await delay(14 * second);
    ahead = 890 * second;
    expect(await ready(service)).toMatchObject({ database: { state: 'up' } });

    await database.kill();
    await database.start();
    await expect.poll(() => ready(service), { timeout: 10_000 }).toMatchObject({ database: { state: 'up' } });
    expect(said.filter((line) => line.includes('expired'))).toEqual([]);
  });

  it('says that it is refused when its credentials are not those of the account', async () => {
    const service = await start({ AWS_SECRET_ACCESS_KEY: 'another' });
    expect(await ready(service)).toMatchObject({
      database: { state: 'down', reason: 'ER_ACCESS_DENIED_ERROR' },
    });
    expect(said.at(-1)).toContain('its signature does not match');
    expect(service.lines('out').map(({ msg }) => msg)).not.toContain('Database pool initialized');
  });

  it('says that it has no credentials, where there are none', async () => {
    const none = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: folder,
    };
    const { database: seen } = await ready(await start(none));
    expect(seen).toMatchObject({ state: 'down', reason: 'AUTH_SWITCH_PLUGIN_ERROR' });
  });

  it('gives its token to nobody whose certificate it does not know, or which is another’s', async () => {
    const before = said.length;
    const { ca } = await makeCertificates(endpoint.host);
    await writeFile(join(folder, 'other.pem'), ca);
    expect(await ready(await start({ DB_CA_FILE: join(folder, 'other.pem') }))).toMatchObject({
      database: { state: 'down', reason: 'HANDSHAKE_SSL_ERROR' },
    });
    expect(await ready(await start({ DB_HOST: endpoint.host.replace('test', 'prod') }))).toMatchObject({
      database: { state: 'down' },
    });
    // The authorities of RDS itself did not sign this one.
    expect(await ready(await start({ DB_CA_FILE: '' }))).toMatchObject({ database: { state: 'down' } });
    expect(said.slice(before).filter((line) => line.includes('token'))).toEqual([]);
  });
});
