import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { extract, list } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { anyPool, backend, findPort } from './service.ts';
import { type Pool, startPool } from './tokens.ts';

const run = promisify(execFile);
const pm2Command = createRequire(import.meta.url).resolve('pm2/bin/pm2');

const pack = (...args: string[]) =>
  run(process.execPath, ['scripts/package.mjs', ...args], {
    cwd: backend,
    env: { ...process.env, INIT_CWD: backend, npm_config_loglevel: 'error' },
  });

/** Load that can be watched and stopped. */
function fire(options: autocannon.Options) {
  let settle: (result: autocannon.Result) => void;
  const result = new Promise<autocannon.Result>((resolve) => {
    settle = resolve;
  });
  const load = autocannon(options, (_error, outcome) => settle(outcome));
  return { load, result };
}

let folder: string;
const id = '20261123090000-abc';
const tarball = () => join(folder, `backend-api-${id}.tar.gz`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2-r-'));
  await pack('--release', id, '--out', folder);
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('npm run package', () => {
  it('makes a tarball and the checksum that sha256sum -c takes', async () => {
    const sum = createHash('sha256')
      .update(await readFile(tarball()))
      .digest('hex');
    expect(await readFile(`${tarball()}.sha256`, 'utf8')).toBe(`${sum}  backend-api-${id}.tar.gz\n`);
  });

  it('makes the same bytes of the same tree', async () => {
    await pack('--release', 'again', '--out', folder);
    const [first, second] = await Promise.all([
      readFile(tarball()),
      readFile(join(folder, 'backend-api-again.tar.gz')),
    ]);
    expect(second.equals(first)).toBe(true);
  });

  it('holds what a machine needs, and nothing for one platform, person or secret', async () => {
    const names: string[] = [];
    await list({ file: tarball(), onReadEntry: ({ path }) => names.push(path) });
    for (const name of [
      'dist/main.js',
      'dist/migrate.js',
      'package.json',
      'ecosystem.config.cjs',
      '.env.example',
      'database/users.sql',
    ])
      expect(names).toContain(name);
    expect(
      names.filter((name) =>
        /(^|\/)\.env$|\.node$|\.exe$|node_modules\/(typescript|vitest|pm2)\//.test(name),
      ),
    ).toEqual([]);
    expect(names).toEqual([...names].sort());
  });

  it('makes a release once, and names what is wrong with a name', async () => {
    await expect(pack('--release', id, '--out', folder)).rejects.toThrow('is there already');
    await expect(pack('--release', '../up', '--out', folder)).rejects.toThrow('letters, digits');
    expect((await readdir(folder)).filter((name) => name.includes('up'))).toEqual([]);
  });
});

describe('a release on a machine that has nothing else', () => {
  let apps: string;
  let port: number;
  let pool: Pool;
  let database: MariaDb | undefined;
  const home = () => join(folder, 'p');
  const pm2 = (...args: string[]) =>
    run(pm2Command, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, PM2_HOME: home(), PM2_DISABLE_VERSION_CHECK: 'true' },
    });
  const settingsOf = (more: Record<string, string> = {}) => ({
    PORT: String(port),
    HOST: '127.0.0.1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...anyPool,
    ...pool.settings,
    ...database?.settings,
    ...more,
  });
  const write = (release: string, settings: Record<string, string>) =>
    writeFile(
      join(apps, 'releases', release, '.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  async function place(release: string): Promise<void> {
    const into = join(apps, 'releases', release);
    await mkdir(into, { recursive: true });
    await extract({ file: tarball(), cwd: into });
    await write(release, settingsOf());
  }
  /** As a deployment does, in one step. */
  async function point(release: string): Promise<void> {
    await symlink(`releases/${release}`, join(apps, 'next'));
    await rename(join(apps, 'next'), join(apps, 'current'));
  }
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { code: response.status, ...((await response.json()) as Record<string, unknown>) };
  };
  const migrate = () =>
    run(process.execPath, ['dist/migrate.js'], {
      cwd: join(apps, 'current'),
      env: { ...database?.adminSettings },
    }).then(({ stdout }) => stdout);

  beforeAll(async () => {
    apps = join(folder, 'opt/apps/backend-api');
    port = await findPort();
    [pool, database] = await Promise.all([startPool(), hasMariaDb ? startMariaDb() : undefined]);
    await mkdir(home(), { recursive: true });
    await writeFile(join(home(), 'touch'), '');
    for (const release of ['r1', 'r2']) await place(release);
    await point('r1');
    await pm2('start', join(apps, 'current/ecosystem.config.cjs'));
  });
  afterAll(async () => {
    await pm2('kill').catch(() => undefined);
    await Promise.all([pool?.close(), database?.close()]);
  });

  it('starts from the tarball alone, under PM2, and knows which release it is', async () => {
    expect(await ask('/health')).toMatchObject({ code: 200, status: 'ok' });
    expect(await ask('/health/ready')).toMatchObject({ release: 'r1', version: '1.0.0' });
    expect((await ask('/api/docs-json')).code).toBe(200);
    const docs = await fetch(`http://127.0.0.1:${port}/api/docs`);
    expect(await docs.text()).toContain('swagger-ui');
  });

  it('writes JSON lines to the log files that the guide and the CloudWatch agent read', async () => {
    const text = await readFile(join(home(), 'logs/backend-api-out.log'), 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.map(({ msg }) => msg)).toContain('backend-api listening');
    if (database) expect(lines.map(({ msg }) => msg)).toContain('Database pool initialized');
  });

  it('shows no secret to whoever asks PM2', async () => {
    const { stdout } = await pm2('jlist');
    expect(stdout).toContain(`"PORT":"${port}"`);
    await pm2('save');
    const dump = await readFile(join(home(), 'dump.pm2'), 'utf8');
    for (const text of [stdout, dump]) expect(text).not.toContain('of-a-test-only');
  });

  it.skipIf(!hasMariaDb)('migrates once, whoever else does so at the same time', async () => {
    const said = await Promise.all([migrate(), migrate(), migrate()]);
    const all = said.join('');
    for (const name of ['0001-profiles', '0002-rides']) expect(all.split(`${name}: done`)).toHaveLength(2);
    expect(said.filter((words) => words === 'The schema is up to date.\n')).toHaveLength(2);
    expect(await migrate()).toBe('The schema is up to date.\n');
    expect(await ask('/health/ready')).toMatchObject({ code: 200, database: { state: 'up' } });
  });

  it.each([
    ['keeps its connections', 'keep-alive'],
    ['makes a new one for each request', 'close'],
  ])(
    'loses no request of a client that %s when PM2 reloads it into the next release',
    async (_, connection) => {
      const token = await pool.token({ groups: ['PASSENGER'] });
      const path = database ? '/profile' : '/health';
      const { load, result } = fire({
        url: `http://127.0.0.1:${port}${path}`,
        connections: 8,
        amount: 1_000_000,
        duration: 60,
        headers: { connection, authorization: `Bearer ${token}` },
      });
      const statuses = new Map<number, number>();
      load.on('response', (_client, status) => statuses.set(status, (statuses.get(status) ?? 0) + 1));
      const count = () => [...statuses.values()].reduce((sum, each) => sum + each, 0);
      for (const release of ['r2', 'r1']) {
        const before = count();
        await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(before + 200);
        await point(release);
        await pm2('reload', 'backend-api');
        expect(await ask('/health/ready')).toMatchObject({ release });
      }
      const before = count();
      await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(before + 200);
      load.stop();
      const { errors, timeouts, resets, mismatches } = await result;
      expect({ errors, timeouts, resets, mismatches }).toEqual({
        errors: 0,
        timeouts: 0,
        resets: 0,
        mismatches: 0,
      });
      // The caller has no profile; nobody is told that the service is away.
      expect([...statuses.keys()]).toEqual([database ? 404 : 200]);
    },
  );

  it('takes a changed .env at a reload', async () => {
    await write('r1', settingsOf({ LOG_LEVEL: 'debug' }));
    await pm2('reload', 'backend-api');
    await ask('/health');
    await expect
      .poll(() => readFile(join(home(), 'logs/backend-api-out.log'), 'utf8'), { timeout: 10_000 })
      .toContain('"route":"/health"');
  });
});

it('has a line in .env.example for every setting', async () => {
  const source = await readFile(join(backend, 'src/config.ts'), 'utf8');
  const example = await readFile(join(backend, '.env.example'), 'utf8');
  const known = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
  const listed = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(known.length).toBeGreaterThan(15);
  expect(listed.sort()).toEqual(known.sort());
});
