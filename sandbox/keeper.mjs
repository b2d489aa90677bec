import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Waits for the end of its stdin, which is the end of the sandbox, however it came. Then it ends every process
// that belongs to the folder and removes the folder. Plain JavaScript: node runs it without a loader.
const folder = process.argv[2];
if (!folder?.includes(`${sep}d2-`)) throw new Error('usage: keeper.mjs <sandbox folder>');

const isInside = (path) => path === folder || path.startsWith(folder + sep);
const passive = new Set(['PWD', 'OLDPWD', 'TMPDIR']);

function attempt(act, otherwise) {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

/** A process is the sandbox's when it works in the folder or was given a path of it. */
function belongsByProc(pid) {
  const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`), '');
  if (isInside(cwd.replace(/ \(deleted\)$/, ''))) return true;
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'), '');
  return environment.split('\0').some((entry) => {
    const [name, ...rest] = entry.split('=');
    return !passive.has(name) && isInside(rest.join('='));
  });
}

const listByProc = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(belongsByProc);

/** Without /proc, as on macOS: processes whose command line or environment names the folder. */
const listByPs = () =>
  execFileSync('ps', ['-AEww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\n')
    .filter((line) => line.includes(folder + sep))
    .map((line) => Number.parseInt(line, 10));

const hasProc = attempt(() => readlinkSync('/proc/self/cwd') !== '', false);
const list = () => attempt(hasProc ? listByProc : listByPs, []).filter((pid) => pid !== process.pid);

// Until two looks in a row find nobody: a process may be starting another just now.
async function endAll() {
  for (let round = 0, quiet = 0; round < 100 && quiet < 2; round += 1) {
    const pids = list();
    for (const pid of pids) attempt(() => process.kill(pid, 'SIGKILL'));
    quiet = pids.length === 0 ? quiet + 1 : 0;
    await sleep(20);
  }
}

process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.on('error', () => {});
process.stdin.on('close', async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});
