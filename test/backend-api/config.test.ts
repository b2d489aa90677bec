import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { backend, killServices, runMigrations, spawnService, startService } from './service.ts';

afterEach(killServices);

/** What it says when it does not start. */
async function faultsOf(settings: Record<string, string>): Promise<string> {
  const { exit, lines } = spawnService(settings);
  expect(await exit).toBe(1);
  const [fatal, ...more] = lines('err');
  expect(more).toEqual([]);
  expect(fatal).toMatchObject({ level: 'fatal', msg: 'backend-api did not start' });
  return JSON.stringify(fatal);
}

describe('the configuration of backend-api', () => {
  it('names every fault at once, with the setting and what it must be', async () => {
    const words = await faultsOf({
      PORT: '70000',
      DRAIN_MS: 'soon',
      COGNITO_USER_POOL_ID: 'mine',
      COGNITO_CLIENT_ID: '',
      COGNITO_JWKS_URI: 'http://keys.example.com/jwks.json',
      DB_HOST: 'db.example.com',
      DB_PORT: '0',
      DB_IAM_AUTH: 'true',
      DB_PASSWORD: 'secret-of-this-test',
      DB_TLS: 'false',
      DB_TUNNEL: 'nowhere',
      DB_CA_FILE: '/no/such/file.pem',
    });
    for (const name of [
      'PORT must be a whole number from 0 to 65535',
      'DRAIN_MS must be',
      'COGNITO_USER_POOL_ID must be',
      'COGNITO_CLIENT_ID is missing',
      'COGNITO_JWKS_URI must begin with https://',
      'DB_PORT must be',
      'DB_TUNNEL must be host:port',
      'DB_CA_FILE names /no/such/file.pem',
      'DB_PASSWORD has no use with DB_IAM_AUTH',
      'DB_TLS must stay true',
      'AWS_REGION is missing',
      '.env.example',
    ])
      expect(words).toContain(name);
    expect(words).not.toContain('secret-of-this-test');
  });

  it('wants a password or IAM for a database', async () => {
    expect(await faultsOf({ DB_HOST: 'db.example.com' })).toContain('set it, or DB_IAM_AUTH=true');
  });

  it('takes no file without certificates for an authority', async () => {
    const file = new URL(import.meta.url).pathname;
    const words = await faultsOf({ DB_HOST: 'db.example.com', DB_PASSWORD: 'x', DB_CA_FILE: file });
    expect(words).toContain('which holds no certificate');
  });

  it('runs without a database and says so, in the log and when asked whether it is ready', async () => {
    const { url, lines } = await startService({ DB_HOST: '' });
    expect(lines('out')).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'no database is configured: set DB_HOST' }),
    );
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'not ready', database: { state: 'not configured' } });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('says what a migration lacks', async () => {
    const { code, output } = await runMigrations({ DB_PORT: 'x' });
    expect(code).toBe(1);
    expect(output).toContain('DB_HOST is missing');
    expect(output).toContain('DB_PORT must be');
  });

  it('has a line in .env.example for every setting, and what stands there is taken', async () => {
    const source = readFileSync(join(backend, 'src/config.ts'), 'utf8');
    const example = readFileSync(join(backend, '.env.example'), 'utf8');
    const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
    const listed = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    expect(known.length).toBeGreaterThan(15);
    expect(listed.map(([name]) => name).sort()).toEqual(known.sort());
    const { COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID, PORT, ...settings } = Object.fromEntries(listed);
    await startService(settings);
  });
});
