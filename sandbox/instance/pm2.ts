import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePm2Command } from './pm2-command.ts';
import type { Release } from './release.ts';

interface Pm2Options {
  /** Where `pm2` is put for the instance's PATH. */
  bin: string;
  homes: { root: string; app: string };
  /** The one of them that runs the services. */
  home: string;
  env: Readonly<Record<string, string>>;
}

export async function createPm2({ bin, homes, home, env }: Pm2Options) {
  const command = join(bin, 'pm2');
  // By its name it is CommonJS, whatever package the folder lies in.
  await writePm2Command(`${command}.cjs`);
  await symlink('pm2.cjs', command);
  // PM2 greets a home without this file and tells its makers of the installation.
  await Promise.all(Object.values(homes).map((home) => writeFile(join(home, 'touch'), '')));

  async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(command, args, {
      cwd: dirname(home),
      env: { ...env, ...more, HOME: dirname(home), PM2_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
    if (code !== 0) throw new Error(`pm2 ${args.join(' ')} ended with ${code}: ${output.trim()}`);
  }

  return {
    /** Starts the releases and saves the list, as the first deployment did. */
    async install(releases: readonly Release[]): Promise<void> {
      for (const { ecosystem, environment } of releases) await run(['start', ecosystem], environment);
      await run(['save']);
    },
    /** What PM2's systemd unit does at every boot. */
    resurrect: () => run(['resurrect']),
    /** Removes what PM2 saved and logged. */
    async forget(releases: readonly Release[]): Promise<void> {
      const names = ['dump.pm2', 'dump.pm2.bak', 'logs'];
      const folders = releases.flatMap(({ logs }) => (logs === undefined ? [] : [logs]));
      const leftovers = [...names.map((name) => join(home, name)), ...folders];
      await Promise.all(leftovers.map((path) => rm(path, { recursive: true, force: true })));
      await Promise.all(folders.map((path) => mkdir(path, { recursive: true })));
    },
    /** Power off: processes are killed, none is asked to end. */
    async kill(): Promise<void> {
      const pids = (await Promise.all(Object.values(homes).map(killHome))).flat();
      for (let look = 0; look < 100; look++) {
        if (!(await Promise.all(pids.map(isAlive))).includes(true)) return;
        await sleep(20);
      }
    },
  };
}

/** The daemon first, lest it start its processes again; the workers of cluster mode are in its process group. */
async function killHome(home: string): Promise<number[]> {
  const daemon = await readPid(join(home, 'pm2.pid'));
  const names = await readdir(join(home, 'pids')).catch(() => []);
  const processes = await Promise.all(names.map((name) => readPid(join(home, 'pids', name))));
  const pids: number[] = [];
  for (const pid of [daemon, ...processes]) {
    if (pid === undefined || !(await isOurs(pid, home))) continue;
    if (pid === daemon) kill(-pid);
    kill(pid);
    pids.push(pid);
  }
  return pids;
}

async function readPid(file: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** A pid file can outlive its process, and the number be another's by now; where /proc is missing the file is believed. */
async function isOurs(pid: number, home: string): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => undefined);
  return environ === undefined || environ.split('\0').includes(`PM2_HOME=${home}`);
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // In a container a process that has ended may stay a zombie.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !stat.includes(') Z ');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile.
  }
}
