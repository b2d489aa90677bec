import { spawn } from 'node:child_process';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Pm2Options {
  /** Where `pm2` is put for the instance's PATH. */
  bin: string;
  homes: { root: string; app: string };
  env: Readonly<Record<string, string>>;
}

export async function createPm2({ bin, homes, env }: Pm2Options) {
  const command = join(bin, 'pm2');
  await symlink(createRequire(import.meta.url).resolve('pm2/bin/pm2'), command);
  // PM2 greets a home without this file and tells its makers of the installation.
  await Promise.all(Object.values(homes).map((home) => writeFile(join(home, 'touch'), '')));

  async function root(args: readonly string[]): Promise<void> {
    const child = spawn(command, args, {
      cwd: dirname(homes.root),
      env: { ...env, PM2_HOME: homes.root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
    if (code !== 0) throw new Error(`pm2 ${args.join(' ')} ended with ${code}: ${said.trim()}`);
  }

  return {
    /** What installing the instance did once: start the release and save the list. */
    async install(release: string): Promise<void> {
      await root(['start', join(release, 'ecosystem.config.cjs')]);
      await root(['save']);
    },
    /** What PM2's systemd unit does at every boot. */
    resurrect: () => root(['resurrect']),
    /** What was saved and logged, gone. */
    async forget(): Promise<void> {
      const leftovers = ['dump.pm2', 'dump.pm2.bak', 'logs'].map((name) => join(homes.root, name));
      await Promise.all(leftovers.map((path) => rm(path, { recursive: true, force: true })));
    },
    /** Power off: nobody is asked to end. */
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

/** A pid file can outlive its process, and the number be another's by now; where /proc is missing it is believed. */
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
  // In a container nobody may be there to reap.
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
