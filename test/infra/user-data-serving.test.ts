import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findPort } from '../../sandbox/port.ts';
import { packedRelease } from '../backend-api/release.ts';
import { anyPool } from '../backend-api/service.ts';
import { mustSucceed } from '../run-program.ts';
import { canRun, createMachine, findProgram, type Machine } from './machine.ts';

const pm2 = createRequire(import.meta.url).resolve('pm2/bin/pm2');
const { version } = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('pm2/package.json'));
const bucket = 'd2-ride-booking-artifacts-000011112222';

// With a real release, a real Node.js, a real PM2 and a real curl.
describe.skipIf(!canRun)('a machine', () => {
  let machine: Machine;
  let url: string;

  const run = (...args: string[]) =>
    execFileSync(process.execPath, [pm2, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: join(machine.root, 'root'),
        PM2_HOME: join(machine.root, 'root/.pm2'),
      },
      encoding: 'utf8',
    });
  const pid = () => run('pid', 'backend-api').trim();

  beforeAll(async () => {
    const port = String(await findPort());
    url = `http://127.0.0.1:${port}`;
    machine = createMachine({
      NODE_MAJOR: process.versions.node.split('.')[0],
      PM2_VERSION: version,
      PORT: port,
      ARTIFACT_BUCKET: bucket,
      SETTINGS: Object.entries({ PORT: port, HOST: '127.0.0.1', ...anyPool })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    });
    machine.bringReal('node', process.execPath);
    machine.bringReal('pm2', pm2);
    machine.bringReal('curl', findProgram('curl'));
    const out = await packedRelease();
    const shelf = join(machine.folder, 'buckets', bucket, 'backend-api');
    mkdirSync(shelf, { recursive: true });
    for (const ending of ['', '.sha256']) {
      copyFileSync(join(out, `backend-api-r1.tar.gz${ending}`), join(shelf, `r1.tar.gz${ending}`));
    }
  });
  afterAll(() => {
    if (machine) run('kill');
    machine?.close();
  });

  it('serves at the end of its first boot', async () => {
    const { code, said } = await machine.boot();
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/current is now r1\n(.*\n)*d2 user_data: done\n$/),
    });
    const health = await fetch(`${url}/health`);
    expect({ status: health.status, body: await health.json() }).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ release: 'r1' });
  });

  it('keeps its process when the script runs again', async () => {
    const before = pid();
    const { code, said } = await machine.bootAgain();
    expect({ code, pid: pid(), said }).toEqual({
      code: 0,
      pid: before,
      said: expect.not.stringMatching(/Starting/),
    });
  });

  it('serves again after it was switched off and on', async () => {
    run('kill');
    machine.shutDown();
    mustSucceed(await machine.bootAgain());
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("gives the service nothing of the script's own, and PM2 nothing of its settings", () => {
    const entry = readFileSync(join(machine.root, 'root/.pm2/dump.pm2'), 'utf8');
    expect(entry).not.toContain(anyPool.COGNITO_CLIENT_ID);
    expect(entry).not.toMatch(/SETTINGS|ARTIFACT_BUCKET|D2_ROOT/);
  });
});
