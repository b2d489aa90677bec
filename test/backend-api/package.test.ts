import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list } from 'tar';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPort } from '../../sandbox/port.ts';
import { cleanEnv, cloneTo } from '../packaging/fresh-clone.ts';
import { hasMariaDb, startMariaDb } from './mariadb.ts';
import { type Pm2, startPm2 } from './pm2.ts';
import {
  linkRelease,
  npmRunPackage,
  packedRelease,
  packRelease,
  placeRelease,
  writeSettings,
} from './release.ts';
import { anyPool, backend, runMigrations } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2-release-'));
const appRoot = join(folder, 'opt/apps/backend-api');
const out = join(folder, 'out');
const tarball = join(out, 'backend-api-r1.tar.gz');
const secret = 'hunter2-of-a-test';
let printed = '';

beforeAll(async () => {
  printed = await npmRunPackage(folder, ['--release', 'r1', '--out', out]);
  await placeRelease({ tarball, appRoot, id: 'r1', settings: {} });
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

interface Entry {
  path: string;
  mode: number | undefined;
  owner: number | undefined;
}

/** What Nest and swagger ask for later, where an application has it. */
const mayBeAbsent =
  /^(@fastify\/static|@nestjs\/(microservices|websockets)|class-(transformer|validator))(\/|$)/;

/** What a file of the bundle imports, at once or later. */
const importsIn = (text: string) => {
  const shape =
    /(?:^|[;}])\s*(?:import|export)\b\s*(?:[\w$*{},\s]+?\bfrom\s*)?"([^"\n]+)"|\bimport\(\s*"([^"\n]+)"/gm;
  return [...text.matchAll(shape)].map(([, now, later]) => ({
    name: now ?? later ?? '',
    later: now === undefined,
  }));
};

async function readEntries(): Promise<Entry[]> {
  const entries: Entry[] = [];
  await list({
    file: tarball,
    onReadEntry: ({ path, mode, uid }) => entries.push({ path, mode, owner: uid }),
  });
  return entries;
}

describe('npm run package', () => {
  it('prints the tarball, its checksum as `sha256sum -c` takes it, and the next step', () => {
    expect(readdirSync(out)).toEqual(['backend-api-r1.tar.gz', 'backend-api-r1.tar.gz.sha256']);
    const [sum = ''] = readFileSync(`${tarball}.sha256`, 'utf8').split(' ');
    expect(printed).toContain(tarball);
    expect(printed).toContain(sum);
    expect(printed).toContain('/opt/apps/backend-api/releases/r1');
    const check = ['--strict', '-c', 'backend-api-r1.tar.gz.sha256'];
    expect(execFileSync('sha256sum', check, { cwd: out, encoding: 'utf8' })).toMatch(/: OK\n$/);
  });

  it('holds what runs in production, and nothing else', async () => {
    const entries = await readEntries();
    const paths = entries.map(({ path }) => path);
    expect([...new Set(paths.map((path) => path.split('/')[0]))].sort()).toEqual([
      '.env.example',
      'database',
      'dist',
      'ecosystem.config.cjs',
      'package.json',
    ]);
    const unwanted = /\.ts$|\.map$|(^|\/)(\.env|\.npmrc)$/;
    expect(paths.filter((path) => unwanted.test(path))).toEqual([]);
    expect(new Set(entries.map(({ mode }) => mode))).toEqual(new Set([0o644]));
    expect(entries.filter(({ owner }) => owner !== undefined && owner !== 0)).toEqual([]);
    expect([...paths].sort()).toEqual(paths);
  });

  it('needs no package, and is of the versions that the lockfile has', async () => {
    const dist = join(appRoot, 'releases/r1/dist');
    const files = readdirSync(dist).filter((name) => name.endsWith('.js'));
    const imports = files.flatMap((name) => importsIn(readFileSync(join(dist, name), 'utf8')));
    const others = imports.filter(({ name }) => !isBuiltin(name) && !files.includes(name.replace('./', '')));
    expect(others.filter(({ name, later }) => !(later && mayBeAbsent.test(name)))).toEqual([]);
    expect(imports).toEqual(expect.arrayContaining([{ name: 'node:fs', later: false }]));
    const [later] = imports.filter((one) => one.later && one.name.startsWith('./app-'));
    expect(later).toBeDefined();
    const clone = cloneTo('package', { installed: true });
    onTestFinished(() => rmSync(clone, { recursive: true }));
    symlinkSync(join(backend, 'node_modules'), join(clone, 'backend-api/node_modules'));
    const file = join(clone, 'package-lock.json');
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    const { version } = lock.packages['node_modules/kysely'];
    lock.packages['node_modules/kysely'].version = '0.1.0';
    writeFileSync(file, JSON.stringify(lock));
    const made = packRelease(
      folder,
      ['--release', 'r1', '--out', join(folder, 'none')],
      join(clone, 'backend-api'),
    );
    await expect(made).rejects.toThrow(
      `No release was made: node_modules/kysely is ${version}, and 0.1.0 in package-lock.json\nRun npm ci.`,
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('makes the same bytes of the same tree, and never writes over a release', async () => {
    const other = await packedRelease();
    const bytes = (where: string) => readFileSync(join(where, 'backend-api-r1.tar.gz'));
    expect(bytes(other).equals(bytes(out))).toBe(true);
    await expect(packRelease(folder, ['--release', 'r1', '--out', out])).rejects.toThrow('is there already');
  });

  it.each([['../evil'], ['a b'], ['-x'], ['']])('takes no release named %j', async (name) => {
    const made = packRelease(folder, [`--release=${name}`, '--out', join(folder, 'none')]);
    await expect(made).rejects.toThrow(/No release was made: .*letters, digits/);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('a release, from its tarball alone', () => {
  let pm2: Pm2;
  let port: number;
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const release = async () => (await ask('/health/ready')).body.release;
  const settings = () => ({ PORT: String(port), HOST: '127.0.0.1', ...anyPool });

  beforeAll(async () => {
    port = await findPort();
    pm2 = await startPm2({ AWS_SECRET_ACCESS_KEY: secret, GITHUB_TOKEN: secret });
    await writeSettings(join(appRoot, 'releases/r1'), settings());
    const link = await linkRelease(appRoot, 'r1');
    await pm2.run('start', join(link, 'ecosystem.config.cjs'));
  });
  afterAll(() => pm2?.close());

  it('is started by PM2, answers, and says which one it is', async () => {
    expect(await ask('/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', service: 'backend-api' },
    });
    expect(await ask('/health/ready')).toMatchObject({
      status: 503,
      body: { release: 'r1', version: '1.0.0', database: { state: 'not configured' } },
    });
    const { pm2_env } = await pm2.show();
    expect(pm2_env).toMatchObject({ status: 'online', exec_mode: 'cluster_mode', PORT: String(port) });
    const log = await pm2.log('out');
    expect(log).toContainEqual(
      expect.objectContaining({ msg: 'backend-api listening', release: 'r1', port }),
    );
  });

  it('takes its settings from .env at every reload, and gives PM2 no secret to keep', async () => {
    const closed = await findPort();
    await writeSettings(join(appRoot, 'releases/r1'), {
      ...settings(),
      DB_HOST: '127.0.0.1',
      DB_PORT: String(closed),
      DB_PASSWORD: secret,
      DB_TLS: 'false',
    });
    await pm2.run('reload', 'backend-api');
    expect((await ask('/health/ready')).body.database).toMatchObject({
      state: 'down',
      reason: 'ECONNREFUSED',
    });
    expect(await pm2.tell()).not.toContain(secret);
    await pm2.run('reload', join(appRoot, 'current/ecosystem.config.cjs'));
    expect(await pm2.tell()).not.toContain(secret);
  });

  it('gives way to the release that `current` points to, and comes back when it points back', async () => {
    const later = { ...settings(), DRAIN_MS: '6000' };
    await placeRelease({ tarball, appRoot, id: 'r2', settings: later });
    await linkRelease(appRoot, 'r2');
    expect(await release()).toBe('r1');
    await pm2.run('reload', 'backend-api');
    expect(await release()).toBe('r2');
    // The whole file again tells PM2 of another port and another drain too.
    await pm2.run('reload', join(appRoot, 'current/ecosystem.config.cjs'));
    expect((await pm2.show()).pm2_env.kill_timeout).toBe(10_000);
    await linkRelease(appRoot, 'r1');
    await pm2.run('reload', 'backend-api');
    expect(await release()).toBe('r1');
    expect((await pm2.show()).pm2_env.status).toBe('online');
  });

  it.runIf(hasMariaDb)('brings a database up to its schema, once, whoever else tries', async () => {
    const database = await startMariaDb();
    onTestFinished(() => database.close());
    const cwd = join(appRoot, 'releases/r2');
    const both = await Promise.all([1, 2].map(() => runMigrations(database.adminSettings, cwd)));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const outputs = both.map(({ output }) => output).sort();
    expect(outputs).toEqual([expect.stringContaining('0001-profiles: done'), 'The schema is up to date.\n']);
    await writeSettings(cwd, database.adminSettings);
    const again = execFileSync('npm', ['run', '--silent', 'migrate'], {
      cwd,
      env: cleanEnv(folder),
      encoding: 'utf8',
    });
    expect(again).toBe('The schema is up to date.\n');
    await writeSettings(cwd, { ...settings(), ...database.settings });
    await linkRelease(appRoot, 'r2');
    await pm2.run('reload', 'backend-api');
    await expect.poll(() => ask('/health/ready')).toMatchObject({ status: 200, body: { release: 'r2' } });
    expect(await pm2.log('out')).toContainEqual(
      expect.objectContaining({ msg: 'Database pool initialized' }),
    );
  });
});
