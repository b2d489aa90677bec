import { mkdir, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Machine, MachineResult } from '../interfaces.ts';
import { findPort, waitForListener } from '../port.ts';
import { ownWorld } from '../worlds/own.ts';
import type { World } from '../worlds/world.ts';
import { tailLogs } from './log-tail.ts';
import { createPm2 } from './pm2.ts';
import type { Release } from './release.ts';
import { runScript } from './script.ts';
import { writeGetent } from './user.ts';

interface MachineOptions {
  /** The instance's whole disk: everything is written below it, and `close` removes it. */
  folder: string;
  /** The folder of backend-api, built. */
  backend: string;
  clock?: Pick<Clock, 'now'>;
  /** Whose host it is: its PM2 and its services. */
  world?: Pick<World, 'pm2' | 'pool' | 'services'>;
  /** The services' settings besides where they listen. */
  settings?: Readonly<Record<string, string>>;
  /** Environment of every process on the instance. */
  environment?: Readonly<Record<string, string>>;
}

/** Lays out an instance that has never booted: its services' releases, PM2's homes, and PM2 on the PATH. */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  const { folder, backend, clock, world = ownWorld, environment = {} } = options;
  // What backend-api can't do without.
  const least = { COGNITO_USER_POOL_ID: world.pool.id, COGNITO_CLIENT_ID: world.pool.client.id };
  const { settings = least } = options;
  const homes = { root: join(folder, world.pm2.root), app: join(folder, world.pm2.app) };
  const home = homes[world.pm2.runsIn];
  const appRoot = join(folder, 'opt/apps');
  const bin = join(folder, 'bin');
  // The kernel's limit for a socket's path is 104 bytes on macOS, 108 on Linux.
  if (Buffer.byteLength(join(homes.app, 'interactor.sock')) > 100) {
    throw new Error(`${folder} is too long a path for PM2's sockets: set TMPDIR to a shorter one`);
  }
  await Promise.all([...Object.values(homes), bin].map((path) => mkdir(path, { recursive: true })));
  const ports = new Map<string, number>();
  const releases: Release[] = [];
  for (const { name, place } of world.services) {
    const port = await findPort();
    ports.set(name, port);
    const own = { PORT: String(port), HOST: '127.0.0.1', ...settings };
    releases.push(await place({ backend, appRoot, settings: own }));
  }
  function portOf(service: string): number {
    const port = ports.get(service);
    if (port === undefined) throw new Error(`the host has no ${service}`);
    return port;
  }

  const env = {
    PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(
      delimiter,
    ),
    HOME: join(folder, 'root'),
    LANG: 'C.UTF-8',
    // Marks every process of this sandbox, so that the clean-up after a crash finds them.
    D2_SANDBOX_FOLDER: folder,
    PM2_DISABLE_VERSION_CHECK: 'true',
    // On Node 20 the AWS SDK announces its own future on stderr.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...environment,
  };
  const logFolders = [
    ...Object.values(homes).map((path) => join(path, 'logs')),
    ...releases.flatMap(({ logs }) => (logs === undefined ? [] : [logs])),
  ];
  const pm2 = await createPm2({ bin, homes, home, env });
  await writeGetent(bin, dirname(home));
  const tail = tailLogs({ folders: logFolders, now: () => clock?.now() ?? new Date() });

  let power: AbortController | undefined;
  let installed = false;
  const running = new Set<Promise<MachineResult>>();
  // Boots and halts take their turns.
  let turn: Promise<void> = Promise.resolve();
  function inTurn(act: () => Promise<void>): Promise<void> {
    turn = turn.catch(() => {}).then(act);
    return turn;
  }

  async function boot(): Promise<void> {
    if (power) return;
    power = new AbortController();
    try {
      if (installed) await pm2.resurrect();
      else {
        await pm2.install(releases);
        // In fork mode PM2 is done before its processes listen.
        await Promise.all([...ports.values()].map(waitForListener));
      }
      installed = true;
    } catch (error) {
      await halt();
      throw error;
    }
  }

  async function halt(): Promise<void> {
    power?.abort();
    await Promise.all(running);
    await pm2.kill();
    power = undefined;
    tail.read();
  }

  return {
    port: portOf('backend-api'),
    portOf,
    homes,
    appRoot,
    boot: () => inTurn(boot),
    halt: () => inTurn(halt),
    reinstall: () =>
      inTurn(async () => {
        await halt();
        await pm2.forget(releases);
        installed = false;
      }),
    async run({ signal, ...script }) {
      if (!power || power.signal.aborted) throw new Error('The instance is off: boot it first.');
      const signals = [power.signal, ...(signal ? [signal] : [])];
      const run = runScript({
        ...script,
        env: { ...env, ...script.env },
        folder,
        signal: AbortSignal.any(signals),
      });
      running.add(run);
      return run.finally(() => running.delete(run));
    },
    onLogLine: tail.onLine,
    async close() {
      await inTurn(halt);
      tail.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
