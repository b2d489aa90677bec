import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachine } from '../../sandbox/instance/machine.ts';
import { machineUser } from '../../sandbox/instance/user.ts';
import type { Machine } from '../../sandbox/interfaces.ts';
import { sampled } from '../rounds.ts';
import { mustSucceed } from '../run-program.ts';
import { ask } from './run-document.ts';
import { canBeSomebodyElse } from './somebody-else.ts';

// Services of one script that starts at once, each of its own name: what is asked here is what PM2 does with copies.
let folder: string;
let machine: Machine;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2-'));
  machine = await createMachine({ folder, backend: new URL('../../backend-api', import.meta.url).pathname });
  await machine.boot();
  script = join(folder, 'worker.cjs');
  await writeFile(script, 'setInterval(() => {}, 1e6)');
});
afterAll(() => machine.close());

type HomeName = keyof Machine['homes'];

/** Runs PM2 in one of the homes, as people do on the instance. */
const pm2 = async (home: HomeName, words: string) =>
  mustSucceed(
    await machine.run({
      commands: [`pm2 ${words} >/dev/null`],
      env: { PM2_HOME: machine.homes[home], HOME: dirname(machine.homes[home]) },
      timeoutSeconds: 30,
    }),
  );

const start = (service: string, more = '') => `start ${script} --name ${service} ${more}`;

/** Of root's home and of the application user's. */
async function statuses(service: string) {
  const { homes = [] } = await ask(machine, 'pm2-list');
  return [machine.homes.root, machine.homes.app].map((home) =>
    homes
      .find((one) => one.home === home)
      ?.processes?.flatMap(({ name, status }) => (name === service ? [status] : [])),
  );
}

describe('a service in two homes', () => {
  it('is acted on where it runs, and only there', async () => {
    const service = 'moved';
    await pm2('app', start(service));
    await pm2('root', start(service));
    await pm2('root', `stop ${service}`);
    const { app } = machine.homes;
    expect(await ask(machine, 'health', { service })).toMatchObject({
      copies: [
        { home: app, statuses: ['online'] },
        { home: machine.homes.root, statuses: ['stopped'] },
      ],
    });
    expect(await ask(machine, 'pm2-restart', { service })).toMatchObject({ home: app, error: null });
    expect(await ask(machine, 'pm2-stop', { service })).toMatchObject({
      home: app,
      before: [{ status: 'online' }],
      after: [{ status: 'stopped' }],
    });
    // The one that was stopped is the one that is started again.
    expect(await ask(machine, 'pm2-start', { service })).toMatchObject({ home: app, error: null });
    expect(await statuses(service)).toEqual([['stopped'], ['online']]);
  });

  it('is left alone where both run it, or another than the planned one does', async () => {
    const service = 'twice';
    await pm2('root', start(service));
    await pm2('app', start(service));
    const { root, app } = machine.homes;
    // The others find their copy as a stop does.
    const verbs = ['stop', 'start', 'flush'];
    for (const verb of verbs) {
      const refused = await ask(machine, `pm2-${verb}`, { service });
      expect(refused).toEqual({ service, error: 'several homes', where: [root, app] });
    }
    await pm2('root', `stop ${service}`);
    const moved = await Promise.all(
      verbs.map((verb) => ask(machine, `pm2-${verb}`, { service, home: root })),
    );
    expect(moved).toEqual(verbs.map(() => ({ service, error: 'another home', where: [root, app] })));
    expect(await statuses(service)).toEqual([['stopped'], ['online']]);
  });
});

describe('several processes of one name', () => {
  it('are stopped while one runs, and started while one is down, without touching the one that runs', async () => {
    const service = 'several';
    await pm2('root', start(service, '-i 2'));
    const { homes = [] } = await ask(machine, 'pm2-list');
    const [first, second] = (homes[0]?.processes ?? []).filter(({ name }) => name === service);
    await pm2('root', `stop ${first?.id}`);
    const started = await ask(machine, 'pm2-start', { service });
    expect(started.before?.map(({ status }) => status)).toEqual(['stopped', 'online']);
    expect(started.after?.map(({ status }) => status)).toEqual(['online', 'online']);
    expect(started.after?.[1]?.pid).toBe(second?.pid);
    await pm2('root', `stop ${first?.id}`);
    const ended = await ask(machine, 'pm2-stop', { service });
    expect(ended.after?.map(({ status }) => status)).toEqual(['stopped', 'stopped']);
    expect(ended.error).toBeNull();
  });
});

describe('a crash loop', () => {
  const listed = async (service: string) => {
    const { homes = [] } = await ask(machine, 'pm2-list');
    return homes[0]?.processes?.find(({ name }) => name === service);
  };

  it('is not made by restarts that somebody asks for', async () => {
    await pm2('root', start('asked'));
    await pm2('root', 'restart asked');
    await pm2('root', 'restart asked');
    const process = await listed('asked');
    expect(process).toMatchObject({ status: 'online', restarts: 2, crashes: 0 });
    // The end of a process that was asked to end within a second is unstable to PM2.
    expect(process?.unstableRestarts).toBeLessThan(2);
  });

  it('shows by restarts that rise between two looks', async () => {
    const crashing = join(folder, 'crashing.cjs');
    await writeFile(crashing, 'setTimeout(() => process.exit(1), 1_200)');
    await pm2('root', `start ${crashing} --name crashing`);
    // PM2 counts an end after a second as stable: unstable restarts alone would never tell.
    await expect
      .poll(async () => (await listed('crashing'))?.crashes, { timeout: 20_000 })
      .toBeGreaterThan(0);
    expect(await listed('crashing')).toMatchObject({ unstableRestarts: 0 });
    await pm2('root', 'delete crashing');
  });
});

describe('a long list', () => {
  it('keeps the services’ processes and counts the others that it leaves out', async () => {
    const apps = Array.from({ length: 60 }, (_, index) => ({
      name: `worker-${index}`,
      script,
      env: { WORDS: 'x'.repeat(300_000 / 60) },
      autostart: false,
    }));
    const file = join(folder, 'many.config.cjs');
    await writeFile(file, `module.exports = ${JSON.stringify({ apps })}`);
    await pm2('root', `start ${file}`);
    const { homes = [] } = await ask(machine, 'pm2-list', { services: 'backend-api,worker-59' });
    const names = homes[0]?.processes?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['backend-api', 'worker-59', 'worker-0']));
    expect(homes[0]?.more).toBeGreaterThan(0);
    expect(names).not.toContain('worker-58');
    await pm2('root', 'delete /^worker/');
  });
});

describe('node and pm2 by nvm and its like', () => {
  let system: string;
  let bin: string;
  let bare: Machine;

  // All programs of this computer but node and pm2, which lie in a folder of the user's.
  beforeAll(async () => {
    system = await mkdtemp(join(folder, 'system-'));
    const names = 'bash sh env id cat sed tail mktemp rm timeout runuser printenv sleep touch head yes'.split(
      ' ',
    );
    for (const name of names) {
      const place = ['/bin', '/usr/bin', '/usr/sbin'].map((one) => join(one, name)).find(existsSync);
      if (place) await symlink(place, join(system, name));
    }
    await symlink(join(folder, 'bin/getent'), join(system, 'getent'));
    bin = join(dirname(machine.homes.root), '.nvm/versions/node/v20.20.0/bin');
    await mkdir(bin, { recursive: true });
    await symlink(process.execPath, join(bin, 'node'));
    await symlink(join(folder, 'bin/pm2.cjs'), join(bin, 'pm2'));
    bare = {
      ...machine,
      run: ({ commands, ...more }) =>
        machine.run({
          ...more,
          commands: commands.map((command) => command.replaceAll('/usr/local/bin:/usr/bin:/bin', system)),
          env: { ...more.env, PATH: system },
        }),
    };
  });

  // What a profile leaves in the background outlives the document.
  const asleep = () => join(folder, 'asleep.pid');
  afterAll(() =>
    machine.run({
      commands: [`[ ! -e ${asleep()} ] || kill "$(cat ${asleep()})" || true`],
      env: {},
      timeoutSeconds: 5,
    }),
  );

  async function writeProfile(file: string, text: string) {
    const home = dirname(machine.homes.root);
    for (const name of ['.bash_profile', '.profile']) await rm(join(home, name), { force: true });
    await writeFile(join(home, file), `${text}\n`);
  }

  const backend = expect.objectContaining({ name: 'backend-api' });
  const well = { homes: [{ state: 'ok', processes: expect.arrayContaining([backend]) }, {}] };

  it.each([
    ['.profile', () => `echo Welcome; printf 'no newline'; export PATH="${bin}:$PATH"`],
    // Ubuntu's own .bashrc ends at once where the shell is not interactive.
    [
      '.bash_profile',
      () =>
        `case $- in *i*) ;; *) return ;; esac\necho 'PATH=/nowhere'; echo sorry >&2; sleep 60 & echo $! >${asleep()}\nexport PATH="${bin}:$PATH"`,
    ],
  ])('are found by the login shell of the PM2 user: %s', async (file, profile) => {
    await writeProfile(file, profile());
    expect(await ask(bare, 'pm2-list')).toMatchObject(well);
  });

  it('are found where the configuration says, whatever the login shell says', async () => {
    await writeProfile('.profile', 'exit 3');
    const homes = `${machine.homes.root}=${machineUser}=${bin}`;
    expect(await ask(bare, 'pm2-list', { homes })).toMatchObject({ homes: [well.homes[0]] });
    // In front of root's PATH too.
    expect(await ask(machine, 'pm2-list', { homes })).toMatchObject({ homes: [well.homes[0]] });
  });

  // Only root has anything to lose.
  it.skipIf(process.getuid?.() !== 0)(
    'are not run by root where another user could have put them',
    async () => {
      const own = join(folder, 'own-bin');
      await mkdir(own, { recursive: true });
      await symlink(process.execPath, join(own, 'node'));
      await copyFile(join(folder, 'bin/pm2.cjs'), join(own, 'pm2'));
      await chmod(join(own, 'pm2'), 0o777);
      const homes = `${machine.homes.root}=${machineUser}=${own}`;
      expect(await ask(bare, 'pm2-list', { homes })).toMatchObject({
        homes: [{ state: `failed: ${own}/pm2 is not root’s own` }],
      });
    },
  );

  it.each(sampled(['yes', 'exit 3', 'sleep 60'], 3))(
    'are missed, without waiting for ever, where the profile is: %s',
    async (profile) => {
      await writeProfile('.bash_profile', profile);
      expect(await ask(bare, 'pm2-list')).toEqual({ error: 'no node' });
    },
  );

  it('are not asked for where root’s PATH has them', async () => {
    await writeProfile('.bash_profile', `touch ${join(folder, 'sourced')}`);
    expect(await ask(machine, 'pm2-list')).toMatchObject(well);
    expect(await readdir(folder)).not.toContain('sourced');
  });

  it.skipIf(!canBeSomebodyElse)('run nothing of another user’s as root', async () => {
    const home = dirname(machine.homes.app);
    const id = join(folder, 'who');
    await writeFile(id, '', { mode: 0o666 });
    await writeFile(join(home, '.profile'), `id -un >> ${id}; export PATH="${home}/bin:$PATH"\n`);
    await mkdir(join(home, 'bin'), { recursive: true });
    for (const name of ['node', 'pm2']) {
      const real = name === 'node' ? process.execPath : join(folder, 'bin/pm2.cjs');
      await writeFile(join(home, 'bin', name), `#!/bin/sh\nid -un >> ${id}\nexec ${real} "$@"\n`, {
        mode: 0o755,
      });
    }
    await writeProfile('.profile', '');
    const entry = (user: string, dir: string) => `${user}) echo "${user}:x:0:0::${dir}:/bin/bash" ;;`;
    await writeFile(
      join(folder, 'bin/getent'),
      `#!/bin/sh\ncase $2 in ${entry('root', dirname(machine.homes.root))} ${entry('nobody', home)} esac\n`,
      { mode: 0o755 },
    );
    await machine.run({
      commands: [
        `chmod 755 ${folder} ${folder}/home ${home} ${system} ${folder}/bin; chmod 666 ${id}`,
        `chown -R nobody ${home}`,
      ],
      env: {},
      timeoutSeconds: 5,
    });
    const homes = `${machine.homes.root}=root,${machine.homes.app}=nobody`;
    const { homes: found } = await ask(bare, 'pm2-list', { homes });
    expect(found).toMatchObject([
      {
        home: machine.homes.root,
        state: expect.stringContaining('failed: node and pm2 are not on root’s PATH'),
      },
      { home: machine.homes.app, owner: 'nobody', state: expect.stringMatching(/^(ok|not running)$/) },
    ]);
    expect(new Set((await readFile(id, 'utf8')).trim().split('\n'))).toEqual(new Set(['nobody']));
  });
});
