import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Waits for the end of its stdin, which is the end of the sandbox, however it came. Then it ends every process
// that belongs to the folder and removes the folder. Plain JavaScript: node runs it without a loader.
const folder = process.argv[2];
if (!folder?.includes(`${sep}d2-`)) throw new Error('usage: cleanup.mjs <sandbox folder>');

// Set by the sandbox for every process that it starts. Nothing else marks one: a person's shell may be in here too.
const mark = `D2_SANDBOX_FOLDER=${folder}`;

function attempt(act, otherwise) {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

function belongsByProc(pid) {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'), '');
  return environment.split('\0').some((entry) => entry === mark || entry.startsWith(mark + sep));
}

const listByProc = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(belongsByProc);

/** Without /proc, as on macOS. */
const listByPs = () =>
  execFileSync('ps', ['-AEww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\n')
    .filter((line) => line.includes(mark))
    .map((line) => Number.parseInt(line, 10));

const hasProc = attempt(() => readlinkSync('/proc/self/cwd') !== '', false);
const list = () => attempt(hasProc ? listByProc : listByPs, []).filter((pid) => pid !== process.pid);

// Until two looks in a row find no process: a process may be starting another just now.
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
