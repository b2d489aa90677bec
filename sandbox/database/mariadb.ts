import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findDataFolder } from './data-folder.ts';
import { settings } from './mariadb-settings.ts';

interface Programs {
  server: string;
  install: string;
}

/** MariaDB's server and what lays out its data folder; undefined when one of them is not on this machine. */
export function findMariaDb(path = process.env.PATH ?? ''): Programs | undefined {
  const folders = [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];
  const find = (name: string) => folders.map((folder) => join(folder, name)).find(isProgram);
  const server = find('mariadbd');
  const install = find('mariadb-install-db');
  return server && install ? { server, install } : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface MariaDbOptions {
  /** Not there yet, or empty; its path short, for the socket lies in it. `close` removes it. */
  folder: string;
  /** Added to the environment of the process: what marks it as the sandbox's. */
  env?: Readonly<Record<string, string>>;
  /** SQL, a statement a line, that the first start runs before anybody can log in. */
  setup: readonly string[];
  /** Called with the end of its output when the process ends without being stopped. */
  onLost?: (lastOutput: string) => void;
}

export interface MariaDb {
  /** The Unix socket: it listens nowhere else. */
  readonly socketPath: string;
  /** Resolves once it answers, at once if it runs. Rejects with MariaDB's last words. */
  start(): Promise<void>;
  /** Lets it end what it is at, and write. */
  stop(): Promise<void>;
  /** As if the machine had lost its power; what was committed is there at the next start. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A MariaDB of its own, laid out at the first start. Rejects where MariaDB is not installed. */
export async function createMariaDb({ folder, env, setup, onLost }: MariaDbOptions): Promise<MariaDb> {
  const programs = findMariaDb();
  if (!programs)
    throw new Error('MariaDB is not installed: apt-get install mariadb-server, or brew install mariadb');
  const socketPath = join(folder, 's');
  // The kernel's limit for a socket's path is 104 bytes on macOS, 108 on Linux.
  if (Buffer.byteLength(socketPath) > 100)
    throw new Error(`${folder} is too long a path for MariaDB's socket: set TMPDIR to a shorter one`);
  // Only this user may open the socket's folder: MariaDB itself would let any user of the machine try.
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const data = join(folder, 'data');
  // As root it wants to hear it; as another user it may not be told.
  const args = [...(process.getuid?.() === 0 ? ['--user=root'] : []), ...settings];
  let child: ChildProcess | undefined;
  let layout: Promise<void> | undefined;

  function run({ server }: Programs, more: readonly string[], input = '') {
    const places = [`--datadir=${data}`, `--tmpdir=${folder}`];
    const spawned = spawn(server, ['--no-defaults', ...places, ...args, ...more], {
      cwd: folder,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    });
    // What ends before it has read everything says why by itself.
    spawned.stdin.on('error', () => {}).end(input);
    let said = '';
    for (const stream of [spawned.stdout, spawned.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-20_000);
      });
    }
    return { spawned, said: () => said };
  }

  async function layOut(programs: Programs): Promise<void> {
    try {
      await cp(await findDataFolder({ ...programs, args }), data, { recursive: true });
      // Without the flush there are no users yet that a statement could speak of.
      const statements = ['flush privileges', ...setup].map((line) => `${line};\n`);
      const { spawned, said } = run(programs, ['--bootstrap'], statements.join(''));
      const [code] = await once(spawned, 'close');
      if (code !== 0) throw new Error(lastOutput(said()));
    } catch (error) {
      layout = undefined;
      await rm(data, { recursive: true, force: true });
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`MariaDB's data folder was not laid out: ${reason}`, { cause: error });
    }
  }

  async function start(): Promise<void> {
    if (child || !programs) return;
    layout ??= layOut(programs);
    await layout;
    const { spawned, said } = run(programs, [`--socket=${socketPath}`, '--skip-networking']);
    child = spawned;
    let ready = false;
    await new Promise<void>((resolve, reject) => {
      spawned.once('error', (error) => {
        child = undefined;
        reject(error);
      });
      spawned.stderr.on('data', () => {
        if (ready || !said().includes('ready for connections')) return;
        ready = true;
        resolve();
      });
      spawned.once('close', () => {
        const asked = child !== spawned;
        if (!asked) child = undefined;
        if (!ready) reject(new Error(`MariaDB did not start: ${lastOutput(said())}`));
        else if (!asked) onLost?.(lastOutput(said()));
      });
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = once(ending, 'close');
    ending.kill(signal);
    await closed;
  }

  return {
    socketPath,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Its errors, where it names some; else the end of what it said. */
function lastOutput(said: string): string {
  const lines = said.trim().split('\n');
  const errors = lines.filter((line) => /\[ERROR\]|^ERROR|FATAL/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-4).join('\n') || 'it said nothing';
}
