import { appendFile, mkdir, mkdtemp, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachine } from '../../sandbox/instance/machine.ts';
import { machineUser } from '../../sandbox/instance/user.ts';
import type { Machine } from '../../sandbox/interfaces.ts';
import { mustSucceed } from '../run-program.ts';
import { ask, homesOf } from './run-document.ts';
import { canBeSomebodyElse, nobody } from './somebody-else.ts';

const service = 'backend-api';
let folder: string;
let machine: Machine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2-'));
  machine = await createMachine({ folder, backend: new URL('../../backend-api', import.meta.url).pathname });
  await machine.boot();
});
afterAll(() => machine.close());

describe('with the service running', () => {
  it('lists both homes and says which is which', async () => {
    const { homes } = await ask(machine, 'pm2-list');
    expect(homes).toMatchObject([
      {
        home: machine.homes.root,
        state: 'ok',
        processes: [
          {
            name: service,
            status: 'online',
            mode: 'cluster',
            port: machine.port,
            release: 'r1',
            version: '1.0.0',
          },
        ],
      },
      { home: machine.homes.app, state: 'not running', processes: [] },
    ]);
  });

  it('tells an absent home from one whose daemon is not running, and starts neither', async () => {
    const absent = join(folder, 'home/nobody/.pm2');
    const { homes } = await ask(machine, 'pm2-list', {
      homes: `${machine.homes.root}=${machineUser},${absent}=nobody`,
    });
    expect(homes?.[1]).toMatchObject({ home: absent, owner: null, state: 'absent' });
    const again = await ask(machine, 'pm2-list');
    expect(again.homes?.[1]?.state).toBe('not running');
  });

  it('looks at no home that is not named', async () => {
    const homes = `${machine.homes.app}=${machineUser}`;
    expect((await ask(machine, 'pm2-list', { homes })).homes).toMatchObject([{ home: machine.homes.app }]);
    expect(await ask(machine, 'pm2-restart', { service, homes })).toEqual({
      service,
      error: 'not found',
      known: [],
    });
  });

  it('runs nothing in a home whose user is another, or does not exist', async () => {
    const other = process.getuid?.() === 0 ? 'nobody' : 'root';
    for (const [user, reason] of [
      [other, `${machine.homes.root} is owned by ${machineUser}, not by ${other}`],
      ['d2-missing', 'there is no user d2-missing'],
    ]) {
      const homes = `${machine.homes.root}=${user}`;
      const error = `failed: ${reason}`;
      expect(await ask(machine, 'pm2-list', { homes })).toMatchObject({
        homes: [{ owner: machineUser, state: error, processes: [] }],
      });
      expect(await ask(machine, 'pm2-save', { homes })).toMatchObject({
        homes: [{ state: error, saved: 0 }],
      });
      const verbs = ['restart', 'stop', 'start', 'flush', 'logs'];
      const answers = await Promise.all(verbs.map((verb) => ask(machine, `pm2-${verb}`, { service, homes })));
      expect(answers).toEqual(verbs.map(() => ({ service, error })));
    }
  });

  it('asks for health on the port and path that are configured', async () => {
    const server = createServer(({ url }, response) => response.end(url));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const answer = await ask(machine, 'health', { service, port: String(port), path: '/api/up' });
    expect(answer).toMatchObject({ service, port, httpStatus: 200, body: '/api/up' });
    expect(await ask(machine, 'health', { service, path: '/nowhere' })).toMatchObject({
      port: machine.port,
      httpStatus: 404,
    });
    server.close();
  });

  it('asks for health on the port that PM2 gave the service', async () => {
    const answer = await ask(machine, 'health', { service });
    expect(answer).toMatchObject({ service, port: machine.port, httpStatus: 200, error: null });
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ status: 'ok', service });
  });

  it('restarts into a new pid and saves', async () => {
    const { before, after, saved, error } = await ask(machine, 'pm2-restart', { service });
    expect({ saved, error, status: after?.[0]?.status }).toEqual({
      saved: true,
      error: null,
      status: 'online',
    });
    expect(after?.[0]?.pid).not.toBe(before?.[0]?.pid);
    expect(after?.[0]?.restarts).toBe((before?.[0]?.restarts ?? 0) + 1);
  });

  it('reloads without losing a request, also on connections kept alive', async () => {
    let done = false;
    const reload = ask(machine, 'pm2-reload', { service }).finally(() => {
      done = true;
    });
    const client = async () => {
      const bad: unknown[] = [];
      while (!done) {
        try {
          const response = await fetch(`http://127.0.0.1:${machine.port}/health`);
          await response.text();
          if (!response.ok) bad.push(response.status);
        } catch (error) {
          bad.push(error);
        }
        await sleep(25);
      }
      return bad;
    };
    expect((await Promise.all([client(), client(), client()])).flat()).toEqual([]);
    const { before, after, error } = await reload;
    expect({ error, status: after?.[0]?.status }).toEqual({ error: null, status: 'online' });
    expect(after?.[0]?.pid).not.toBe(before?.[0]?.pid);
  });

  it('gives the newest lines of a log file, and says when that is not all that was asked for', async () => {
    const { files: [file] = [] } = await ask(machine, 'pm2-logs', { service, lines: '5' });
    expect(file?.lines).toHaveLength(5);
    expect(file?.truncated).toBe(false);
    const written = (await readFile(file?.path ?? '', 'utf8')).trimEnd().split('\n');
    expect(file?.lines.at(-1)).toBe(written.at(-1));

    const errLog = join(machine.homes.root, 'logs/backend-api-error.log');
    await appendFile(errLog, `${'é'.repeat(30_000)}\n${'short\n'.repeat(3)}`);
    const long = await ask(machine, 'pm2-logs', { service, stream: 'err', lines: '10' });
    expect(long.files?.[0]?.truncated).toBe(true);
    expect(long.files?.[0]?.lines.slice(-3)).toEqual(['short', 'short', 'short']);
    await appendFile(errLog, `${'x'.repeat(999)}\n`.repeat(500));
    const many = await ask(machine, 'pm2-logs', { service, stream: 'err', lines: '500' });
    expect(many.files?.[0]?.truncated).toBe(true);
    expect(JSON.stringify(many).length).toBeLessThan(23_000);
  });

  it('empties the log files', async () => {
    const answer = await ask(machine, 'pm2-flush', { service });
    expect(answer).toMatchObject({ home: machine.homes.root, error: null });
    expect(answer.bytes).toBeGreaterThan(500_000);
    expect(answer.flushed).toHaveLength(2);
    const { files, error } = await ask(machine, 'pm2-logs', { service, stream: 'err' });
    expect({ lines: files?.[0]?.lines, error }).toEqual({ lines: [], error: null });
  });

  it('saves the list of each home that runs', async () => {
    const { homes } = await ask(machine, 'pm2-save');
    expect(homes).toEqual([
      { home: machine.homes.root, state: 'ok', saved: 1 },
      { home: machine.homes.app, state: 'not running', saved: 0 },
    ]);
  });

  it.each(['all', '0', 'backend', 'default', 'BACKEND-API'])(
    'takes %s for a name that it does not have',
    async (name) => {
      const missing = { service: name, error: 'not found', known: [service] };
      const verbs = name === 'all' ? ['restart', 'reload', 'stop', 'start', 'flush', 'logs'] : ['restart'];
      const [health, ...answers] = await Promise.all(
        ['health', ...verbs.map((verb) => `pm2-${verb}`)].map((verb) =>
          ask(machine, verb, { service: name }),
        ),
      );
      expect(answers).toEqual(verbs.map(() => missing));
      expect(health).toMatchObject({ httpStatus: null, error: 'no process' });
    },
  );
});

describe('stopping', () => {
  it('stops gracefully, and asked again leaves it so', async () => {
    const first = await ask(machine, 'pm2-stop', { service, save: 'no' });
    expect(first).toMatchObject({
      before: [{ status: 'online' }],
      after: [{ status: 'stopped', pid: null }],
      saved: false,
    });
    const again = await ask(machine, 'pm2-stop', { service, save: 'no' });
    expect(again).toMatchObject({
      before: [{ status: 'stopped' }],
      after: [{ status: 'stopped' }],
      error: null,
    });
    expect(await ask(machine, 'health', { service })).toMatchObject({ port: machine.port, error: 'refused' });
  });

  it('without saving lets the service come back at boot', async () => {
    await machine.halt();
    await machine.boot();
    expect(await ask(machine, 'health', { service })).toMatchObject({ httpStatus: 200 });
  });

  it('with saving keeps it stopped at boot, until it is started', async () => {
    await ask(machine, 'pm2-stop', { service });
    await machine.halt();
    await machine.boot();
    const { homes } = await ask(machine, 'pm2-list');
    expect(homes?.[0]?.processes).toMatchObject([{ name: service, status: 'stopped', startedAt: null }]);
    const started = await ask(machine, 'pm2-start', { service });
    expect(started).toMatchObject({
      before: [{ status: 'stopped' }],
      after: [{ status: 'online' }],
      saved: true,
      error: null,
    });
    const again = await ask(machine, 'pm2-start', { service });
    expect(again.after).toMatchObject([{ pid: started.after?.[0]?.pid }]);
  });
});

describe('with PM2 in disorder', () => {
  const pm2 = (command: string) =>
    machine.run({ commands: [command], env: { PM2_HOME: machine.homes.root }, timeoutSeconds: 30 });

  it('starts a service that PM2 has lost from its release, without the document’s parameters in its environment', async () => {
    await pm2('pm2 delete backend-api');
    expect(await ask(machine, 'pm2-list')).toMatchObject({ homes: [{ state: 'ok', processes: [] }, {}] });
    expect(await ask(machine, 'pm2-restart', { service })).toEqual({
      service,
      error: 'not found',
      known: [],
    });
    const started = await ask(machine, 'pm2-start', { service });
    expect(started).toMatchObject({
      before: [],
      after: [{ status: 'online' }],
      saved: true,
      error: null,
    });
    expect(mustSucceed(await pm2('pm2 jlist')).stdout).not.toContain('SSM_');
  });

  it('starts a service from an ecosystem file of the other name', async () => {
    const release = join(machine.appRoot, service, 'current');
    await pm2('pm2 delete backend-api');
    const own = await mkdtemp(join(folder, 'app-'));
    await mkdir(join(own, 'current'));
    const apps = [{ name: service, cwd: release, script: join(own, 'current/worker.js') }];
    await writeFile(join(own, 'current/worker.js'), 'setInterval(() => {}, 1e6)');
    await writeFile(join(own, 'current/ecosystem.config.js'), `module.exports = ${JSON.stringify({ apps })}`);
    const started = await ask(machine, 'pm2-start', { service, folder: own });
    expect(started).toMatchObject({ before: [], error: null, after: [{ status: 'online' }] });
  });

  it('reads the log folder of a service that PM2 has lost', async () => {
    const logs = await mkdtemp(join(folder, 'logs-'));
    const lost = { service: 'web-driver', logs };
    expect(await ask(machine, 'pm2-logs', lost)).toMatchObject({ error: 'not found', known: [service] });
    await writeFile(join(logs, 'web-driver-out-0.log'), 'older\n');
    await utimes(join(logs, 'web-driver-out-0.log'), 1, 1);
    await writeFile(join(logs, 'web-driver-out.log'), 'first\nlast\n');
    await writeFile(join(logs, 'web-driver-error.log'), 'broken\n');
    await writeFile(join(logs, 'web-driver-out-of-order.log'), 'another\n');
    expect(await ask(machine, 'pm2-logs', lost)).toMatchObject({
      home: null,
      files: [{ path: join(logs, 'web-driver-out.log'), lines: ['first', 'last'] }],
      error: null,
    });
    expect(await ask(machine, 'pm2-logs', { ...lost, stream: 'err' })).toMatchObject({
      files: [{ lines: ['broken'] }],
    });
    expect(await ask(machine, 'pm2-logs', { service, logs })).toMatchObject({ home: machine.homes.root });
    expect(await ask(machine, 'pm2-logs', { ...lost, logs: join(logs, 'none') })).toMatchObject({
      error: 'not found',
    });
  });

  it('reads the log file of each worker of a cluster, and says whose it is', async () => {
    const script = join(folder, 'many.cjs');
    await writeFile(script, "console.log('from', process.env.pm_id); setInterval(() => {}, 1e6)");
    mustSucceed(await pm2(`pm2 start ${script} --name many -i 2`));
    const { files } = await ask(machine, 'pm2-logs', { service: 'many' });
    expect(files).toHaveLength(2);
    for (const { worker, path, lines } of files ?? []) {
      expect(basename(path)).toBe(`many-out-${worker}.log`);
      expect(lines).toContain(`from ${worker}`);
    }
    mustSucceed(await pm2('pm2 delete many'));
  });

  it('goes on in what a rotation put aside, and says what of it could not be read', async () => {
    const logs = await mkdtemp(join(folder, 'logs-'));
    const put = async (name: string, content: string | Buffer, minutesAgo: number) => {
      const at = Date.now() / 1000 - minutesAgo * 60;
      await writeFile(join(logs, name), content);
      await utimes(join(logs, name), at, at);
    };
    const read = async (lines = '10') =>
      (await ask(machine, 'pm2-logs', { service: 'web-driver', logs, lines })).files?.[0];
    await put('web-driver-out.log', 'fresh\n', 0);
    // pm2-logrotate's, another stream's, another app's, then pm2-logrotate's zipped and logrotate's.
    await put('web-driver-out__2026-01-21_00-00-00.log', 'b\nc\n', 1);
    await put('web-driver-error__2026-01-21_00-00-00.log', 'no\n', 1);
    await put('web-driver-outer__2026-01-21_00-00-00.log', 'no\n', 1);
    expect(await read()).toMatchObject({ lines: ['b', 'c', 'fresh'], truncated: false, unread: null });
    await put('web-driver-out__2026-01-20_00-00-00.log.gz', gzipSync('a\n'), 9);
    expect((await read())?.lines).toEqual(['a', 'b', 'c', 'fresh']);
    expect((await read('2'))?.lines).toEqual(['c', 'fresh']);
    await put('web-driver-out.log.1', 'before\n', 20);
    expect((await read())?.lines).toEqual(['before', 'a', 'b', 'c', 'fresh']);
    // Rotated a moment ago: the file itself is empty, and was written to when it was rotated.
    await put('web-driver-out.log', '', 0);
    const empty = await read();
    expect(empty?.lines.at(-1)).toBe('c');
    expect(Math.round((Date.now() - (empty?.writtenAt ?? 0)) / 60_000)).toBe(1);
    await put('web-driver-out__2026-01-21_00-00-00.log', '', 99);
    await put('web-driver-out__2026-01-20_00-00-00.log.gz', 'no zip', 9);
    expect(await read()).toMatchObject({
      truncated: true,
      unread: expect.stringMatching(
        /^web-driver-out\.log was rotated at .*2026-01-20.*\.gz could not be read: /,
      ),
    });
  });

  it('starts a service from the saved list where no daemon runs', async () => {
    await pm2('pm2 kill');
    expect(await ask(machine, 'pm2-stop', { service })).toEqual({ service, error: 'not found', known: [] });
    expect(await ask(machine, 'pm2-list')).toMatchObject({ homes: [{ state: 'not running' }, {}] });
    const started = await ask(machine, 'pm2-start', { service });
    expect(started).toMatchObject({ after: [{ status: 'online' }], error: null });
  });

  it('finds the list behind warnings that look like one', async () => {
    const noisy = await mkdtemp(join(folder, 'noisy-'));
    const command = join(noisy, 'pm2');
    const found = await machine.run({ commands: ['command -v pm2'], env: {}, timeoutSeconds: 5 });
    const real = mustSucceed(found).stdout.trim();
    await writeFile(command, `#!/bin/sh\necho '[PM2][WARN] out of date'\nexec '${real}' "$@"\n`, {
      mode: 0o755,
    });
    const { stdout: path } = await machine.run({
      commands: ['printf %s "$PATH"'],
      env: {},
      timeoutSeconds: 5,
    });
    const behind: Machine = {
      ...machine,
      run: (script) => machine.run({ ...script, env: { ...script.env, PATH: `${noisy}:${path}` } }),
    };
    expect(await ask(behind, 'pm2-list')).toMatchObject({
      homes: [{ state: 'ok', processes: [{ name: service }] }, {}],
    });
  });

  it('says that PM2 is not installed', async () => {
    const node = await mkdtemp(join(folder, 'bare-'));
    const bare: Machine = {
      ...machine,
      run: ({ commands, ...script }) =>
        machine.run({
          ...script,
          commands: [`ln -sf '${process.execPath}' '${node}/node'`, ...commands],
          env: { ...script.env, PATH: `${node}:/usr/bin:/bin` },
        }),
    };
    expect(await ask(bare, 'pm2-list')).toMatchObject({ homes: [{ state: 'no pm2' }, { state: 'no pm2' }] });
    expect(await ask(bare, 'pm2-restart', { service })).toEqual({ service, error: 'no pm2' });
    expect(await ask(bare, 'health', { service })).toMatchObject({ error: 'no pm2' });
  });

  it('names what a failing service ended as', async () => {
    const release = join(machine.appRoot, service, 'current');
    await pm2('pm2 delete backend-api');
    await writeFile(join(release, '.env'), 'PORT=none\n');
    // Its own file lets PM2 try a dozen times more.
    const own = await mkdtemp(join(folder, 'app-'));
    await mkdir(join(own, 'current'));
    const app = `{ ...require('${release}/ecosystem.config.cjs').apps[0], max_restarts: 1 }`;
    await writeFile(join(own, 'current/ecosystem.config.cjs'), `module.exports = { apps: [${app}] }`);
    const started = await ask(machine, 'pm2-start', { service, folder: own });
    expect(started.error).toMatch(/^the process is (errored|waiting restart|launching)$/);
    expect(started.saved).toBe(false);
    expect(await ask(machine, 'health', { service })).toMatchObject({ port: null, error: 'no port' });
    const { files } = await ask(machine, 'pm2-logs', { service, stream: 'err', lines: '1' });
    expect(JSON.parse(files?.[0]?.lines[0] ?? '')).toMatchObject({
      level: 'fatal',
      msg: 'backend-api did not start',
    });
  });
});

describe.skipIf(!canBeSomebodyElse)('with a home of another user', () => {
  it('runs PM2 as that user, and reads no log file that the user could not', async () => {
    const home = machine.homes.app;
    const secret = join(dirname(machine.homes.root), 'secret');
    await writeFile(secret, 'for root only\n', { mode: 0o600 });
    await machine.run({
      commands: [
        `chmod o+rx ${folder} ${folder}/home ${folder}/home/ec2-user`,
        `chown -R ${nobody}:${nobody} ${dirname(home)}`,
        `mkdir ${dirname(home)}/app; echo 'setInterval(() => {}, 1e6)' > ${dirname(home)}/app/worker.cjs`,
      ],
      env: {},
      timeoutSeconds: 5,
    });
    const asNobody = (command: string) =>
      machine.run({
        commands: [
          `cd ${dirname(home)}/app && setpriv --reuid ${nobody} --regid ${nobody} --clear-groups ${command}`,
        ],
        env: { PM2_HOME: home, HOME: dirname(home) },
        timeoutSeconds: 30,
      });
    await asNobody('pm2 start worker.cjs --name worker');
    const named = homesOf(machine, 'nobody');
    const { homes } = await ask(machine, 'pm2-list', { homes: named });
    expect(homes?.[1]).toMatchObject({
      owner: 'nobody',
      state: 'ok',
      processes: [{ name: 'worker', mode: 'fork' }],
    });

    expect(await ask(machine, 'pm2-restart', { service: 'worker', homes: named })).toMatchObject({
      home,
      saved: true,
      error: null,
    });
    expect((await stat(join(home, 'dump.pm2'))).uid).toBe(nobody);

    await asNobody(`ln -sf ${secret} ${home}/logs/worker-out.log`);
    const logs = await ask(machine, 'pm2-logs', { service: 'worker', homes: named });
    expect(logs).toMatchObject({ files: [{ lines: [] }], error: expect.stringContaining('EACCES') });
    await asNobody('pm2 delete worker');
    const lost = await ask(machine, 'pm2-logs', {
      service: 'worker',
      homes: named,
      logs: join(home, 'logs'),
    });
    expect(lost).toMatchObject({
      home: null,
      files: [{ lines: [] }],
      error: expect.stringContaining('EACCES'),
    });

    const link = join(dirname(home), 'linked');
    await symlink(machine.homes.root, link);
    const { homes: linked } = await ask(machine, 'pm2-list', { homes: `${link}=nobody` });
    expect(linked).toMatchObject([{ state: expect.stringMatching(/^failed: .* is owned by root/) }]);
  });
});
