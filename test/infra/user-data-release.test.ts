import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampled } from '../rounds.ts';
import { mustSucceed } from '../run-program.ts';
import { canRun, createMachine, type Machine } from './machine.ts';

const bucket = 'd2-ride-booking-artifacts-000011112222';
const current = 'opt/apps/backend-api/current';
const settings = 'COGNITO_CLIENT_ID=1ak3tj1bn3neor7hgsjr1ml5h3\nPORT=3000\n';

function start(values: Parameters<typeof createMachine>[0] = {}): Machine {
  const machine = createMachine({ ARTIFACT_BUCKET: bucket, SETTINGS: settings, ...values });
  onTestFinished(() => machine.close());
  return machine;
}

/** Puts a small release into the bucket, as uploaded then. */
function upload(machine: Machine, release: string, day: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'd2-upload-'));
  writeFileSync(join(folder, 'ecosystem.config.cjs'), `// ${release}\n`);
  const shelf = join(machine.folder, 'buckets', bucket, 'backend-api');
  mkdirSync(shelf, { recursive: true });
  const file = join(shelf, `${release}.tar.gz`);
  execFileSync('tar', ['-czf', file, '-C', folder, '.']);
  rmSync(folder, { recursive: true });
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  writeFileSync(`${file}.sha256`, `${sum}  backend-api-${release}.tar.gz\n`);
  for (const path of [file, `${file}.sha256`]) utimesSync(path, day * 86_400, day * 86_400);
}

const choose = (machine: Machine, text: string, environment = 'dev') =>
  machine.write(`buckets/${bucket}/current/${environment}/backend-api`, text);

describe.skipIf(!canRun)('the release of the first boot', () => {
  it('is the newest of the bucket, with its settings, started and saved', async () => {
    const machine = start();
    upload(machine, 'r9', 19_000);
    upload(machine, 'r10', 19_001);
    const { code, asked } = await machine.boot();
    expect({ code, pm2: asked.filter((call) => call.startsWith('pm2')) }).toEqual({
      code: 0,
      pm2: [
        'pm2-of-the-test resurrect',
        'pm2-of-the-test describe backend-api',
        `pm2-of-the-test start ${machine.root}/${current}/ecosystem.config.cjs`,
        'pm2-of-the-test save',
        'pm2-of-the-test pid backend-api',
      ],
    });
    expect(asked.at(-1)).toBe('curl -fsS --max-time 5 -o /dev/null http://127.0.0.1:3000/health');
    expect(machine.tree()).toMatchObject({
      [current]: '-> releases/r10',
      'opt/apps/backend-api/releases/r10/.env': `600 ${settings}`,
      'opt/apps/backend-api/releases/r10/ecosystem.config.cjs': '644 // r10\n',
    });
  });

  it('is the one that its environment calls current, so that a scaled-out instance follows a rollback', async () => {
    const machine = start();
    upload(machine, 'r9', 19_000);
    upload(machine, 'r10', 19_001);
    choose(machine, 'r10\n', 'prod');
    choose(machine, 'r10\n', 'dev-too');
    choose(machine, 'r9\n');
    mustSucceed(await machine.boot());
    expect(machine.tree()[current]).toBe('-> releases/r9');
  });

  it('is the one that was asked for', async () => {
    const machine = start({ RELEASE: 'r9' });
    upload(machine, 'r9', 19_000);
    upload(machine, 'r10', 19_001);
    mustSucceed(await machine.boot());
    expect(machine.tree()[current]).toBe('-> releases/r9');
  });

  it('may come later: the machine waits for a deployment', async () => {
    const machine = start();
    machine.write(`buckets/${bucket}/backend-api/notes.txt`, '');
    const { code, said } = await machine.boot();
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('waiting for a deployment') });
    expect(machine.has(current)).toBe(false);
    upload(machine, 'r1', 19_000);
    mustSucceed(await machine.bootAgain());
    expect(machine.tree()[current]).toBe('-> releases/r1');
  });

  it('is never one that nobody decided to run, where the newest will not do', async () => {
    const machine = start({ NEWEST: 'no', CURRENT: 'current/prod/backend-api' });
    upload(machine, 'r9', 19_000);
    upload(machine, 'r10', 19_001);
    choose(machine, 'r10\n');
    const { code, said } = await machine.boot();
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining(`waiting for one in s3://${bucket}/current/prod/backend-api`),
    });
    expect(machine.has(current)).toBe(false);
    choose(machine, 'r9\n', 'prod');
    mustSucceed(await machine.bootAgain());
    expect(machine.tree()[current]).toBe('-> releases/r9');
  });

  it('is migrated first where that is asked for, as the user who may', async () => {
    const machine = start({ MIGRATE: 'yes' });
    upload(machine, 'r1', 19_000);
    await machine.boot();
    await machine.bootAgain();
    const folder = `${machine.root}/opt/apps/backend-api/releases/r1`;
    expect(machine.readFile('migrations')).toBe(`migrator in ${folder}\n`);
  });
});

describe.skipIf(!canRun)('a later boot', () => {
  it('leaves the release of a deployment and its process alone', async () => {
    const machine = start();
    upload(machine, 'r1', 19_000);
    await machine.boot();
    upload(machine, 'r2', 19_001);
    const before = machine.tree();
    const { code, asked } = await machine.bootAgain();
    expect({ code, tree: machine.tree() }).toEqual({ code: 0, tree: before });
    expect(asked.join()).not.toMatch(/s3 cp|pm2-of-the-test (start|reload|save)/);
  });

  it('does not start what somebody stopped', async () => {
    const machine = start();
    upload(machine, 'r1', 19_000);
    await machine.boot();
    machine.write('root/root/.pm2/list', 'backend-api 0\n');
    const { code, asked } = await machine.bootAgain();
    expect({ code, asked: asked.join() }).toEqual({
      code: 0,
      asked: expect.not.stringMatching(/pm2-of-the-test (start|restart)|curl/),
    });
  });
});

const database = (id: string, address?: string) =>
  JSON.stringify({
    DBInstances: [{ DBInstanceIdentifier: id, ...(address && { Endpoint: { Address: address } }) }],
  });
const address = 'd2-ride-booking-dev-rds-mysql.c1.ap-southeast-1.rds.amazonaws.com';
const id = 'd2-ride-booking-dev-rds-mysql';

describe.skipIf(!canRun)("the database's address", () => {
  it('is looked up, and outlives the database, which comes back under the same one', async () => {
    const machine = start({ DATABASE_IDENTIFIER: id });
    upload(machine, 'r1', 19_000);
    machine.write('databases.json', database(id, address));
    await machine.boot();
    expect(machine.read(`${current}/.env`)).toBe(`${settings}DB_HOST=${address}\n`);
    machine.write('databases.json', database('another'));
    await machine.bootAgain();
    expect(machine.read(`${current}/.env`)).toBe(`${settings}DB_HOST=${address}\n`);
  });

  it('is found at a later boot when the database was made after the machine, and the service is told', async () => {
    const machine = start({ DATABASE_IDENTIFIER: id });
    upload(machine, 'r1', 19_000);
    mustSucceed(await machine.boot());
    expect(machine.read(`${current}/.env`)).toBe(`${settings}DB_HOST=\n`);
    machine.write('databases.json', database(id, address));
    const { asked } = await machine.bootAgain();
    expect(machine.read(`${current}/.env`)).toBe(`${settings}DB_HOST=${address}\n`);
    expect(asked).toContain('pm2-of-the-test reload backend-api');
  });

  it('is waited for while the database is being made', async () => {
    const machine = start({ DATABASE_IDENTIFIER: id });
    upload(machine, 'r1', 19_000);
    machine.write('databases.json', database(id));
    const { code, said } = await machine.boot();
    expect({ code, waits: said.match(/failed, again in 0 s: find_created_database/g)?.length }).toEqual({
      code: 1,
      waits: 11,
    });
  });

  it('is not taken for missing when nobody answers', async () => {
    const machine = start({ DATABASE_IDENTIFIER: id });
    upload(machine, 'r1', 19_000);
    machine.break('aws rds');
    const { code, said } = await machine.boot();
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringContaining('failed 3 times: find_database'),
    });
    expect(machine.has(current)).toBe(false);
  });

  it('is not looked up where Terraform knows it', async () => {
    const machine = start({ DATABASE_IDENTIFIER: id, SETTINGS: `DB_HOST=${address}\n` });
    upload(machine, 'r1', 19_000);
    const { asked } = await machine.boot();
    expect(machine.read(`${current}/.env`)).toBe(`DB_HOST=${address}\n`);
    expect(asked.join()).not.toContain('rds');
  });
});

describe.skipIf(!canRun)('a release that will not do', () => {
  const cases: Record<string, { spoil(machine: Machine): void; step?: string; says: string }> = {
    'is not what was packed': {
      spoil: (machine) => machine.write(`buckets/${bucket}/backend-api/r1.tar.gz`, 'something else'),
      says: 'r1 is not what was packed',
    },
    'has no checksum': {
      spoil: (machine) => rmSync(join(machine.folder, 'buckets', bucket, 'backend-api/r1.tar.gz.sha256')),
      says: 'failed 3 times: fetch backend-api/r1.tar.gz.sha256',
    },
    'has a name that leads elsewhere': {
      spoil: (machine) => choose(machine, '../../../etc'),
      says: 'current/dev/backend-api does not name a release',
    },
    'cannot be listed': {
      spoil: (machine) => machine.break('aws s3api'),
      says: 'failed 3 times: find_release',
    },
    'never gets well': {
      spoil: (machine) => machine.break('curl'),
      step: 'serve',
      says: 'failed 3 times: healthy',
    },
  };

  it.each(sampled(Object.entries(cases), 2))(
    '%s: ends badly, says so, and goes well once mended',
    async (_, { spoil, step = 'place_release', says }) => {
      const machine = start();
      upload(machine, 'r1', 19_000);
      spoil(machine);
      const { code, said } = await machine.boot();
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(says) });
      expect(said).toContain(`ERROR in step ${step}, line`);
      expect(said).toContain(
        `Then run it again: sudo ${machine.root}/var/lib/cloud/scripts/per-boot/d2-user-data`,
      );
      expect(machine.has(current)).toBe(step === 'serve');
      rmSync(join(machine.folder, 'broken'), { recursive: true });
      rmSync(join(machine.folder, 'buckets', bucket, 'current/dev/backend-api'), { force: true });
      upload(machine, 'r1', 19_000);
      mustSucceed(await machine.bootAgain());
      expect(machine.tree()[current]).toBe('-> releases/r1');
    },
  );
});
