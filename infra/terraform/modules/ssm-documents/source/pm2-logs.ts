import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findService } from './find.ts';
import { type LogFile, logFile } from './log-file.ts';
import { accountOf, env, findAccount, namedHomes, readHomes } from './pm2.ts';
import { maxOutput, print } from './print.ts';
import type { Process } from './process.ts';

const service = env('service');
const stream = env('stream');
const folder = env('logs');
const wanted = Number(env('lines'));
const found = findService(await readHomes());
if (!('error' in found)) {
  const { home, processes } = found;
  const account = accountOf(home);
  if ('error' in account) print({ service, ...account });
  else {
    become(account);
    answer(home, pathsOf(processes));
  }
} else if (found.error !== 'not found' || folder === 'none') {
  print({ service, ...found });
} else {
  readFolder(found);
}

interface Path {
  path: string;
  worker: number | null;
}

/** The workers of a cluster write a file each, unless PM2 merges them. */
function pathsOf(processes: readonly Process[]): Path[] {
  const all = processes.flatMap(({ id, errLog, outLog }) => {
    const path = stream === 'err' ? errLog : outLog;
    return path === null ? [] : [[path, id] as const];
  });
  const files = new Map(all);
  return [...files].map(([path, worker]) => ({ path, worker: files.size > 1 ? worker : null }));
}

/** PM2 does not know the service: a release in the making, or a failed one, has deleted it. Its log files remain. */
function readFolder(missing: object): void {
  const users = [...namedHomes().values()];
  // The application's user can place links in there, and root would follow them with root's rights.
  const user = users.find((name) => name !== 'root') ?? 'root';
  const account = findAccount(user);
  if (account) become(account);
  const paths = account ? findLogs() : [];
  if (!account) print({ service, error: `there is no user ${user}` });
  else if (paths.length === 0) print({ service, ...missing });
  else answer(null, paths);
}

/** The files that PM2 names after the service: with the process's id in cluster mode, without it otherwise; whichever was written to last. */
function findLogs(): Path[] {
  const start = `${service}-${stream === 'err' ? 'error' : 'out'}`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names
    .filter((name) => name.startsWith(start) && /^(-\d+)?\.log$/.test(name.slice(start.length)))
    .map((name) => ({
      path: join(folder, name),
      worker: /-(\d+)\.log$/.exec(name)?.[1],
      at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.at - a.at);
  const newest = files[0];
  if (!newest) return [];
  if (newest.worker === undefined) return [{ path: newest.path, worker: null }];
  return files.flatMap(({ path, worker }) =>
    worker === undefined ? [] : [{ path, worker: Number(worker) }],
  );
}

/** What fits into an answer: where it is too much, the longest files lose their oldest lines. */
function answer(home: string | null, paths: readonly Path[]): void {
  const files = paths.map(({ path, worker }): LogFile & { worker: number | null } => ({
    ...logFile(path, wanted),
    worker,
  }));
  const sizes = files.map(({ lines }) => lines.map(sizeOf));
  let over = sum(sizes.flat()) - (maxOutput - 1_000 - files.length * 400);
  while (over > 0) {
    const longest = sizes.reduce((most, one, index) => (sum(one) > sum(sizes[most] ?? []) ? index : most), 0);
    const file = files[longest];
    if (!file) break;
    file.lines.shift();
    file.truncated = true;
    over -= sizes[longest]?.shift() ?? over;
  }
  const failed = files.every(({ error }) => error !== null);
  print({
    service,
    home,
    stream,
    files: files.map(({ error, unread, ...file }) => ({
      ...file,
      unread: unread ?? (error === null ? null : `${basename(file.path)}: ${error}`),
    })),
    error: failed ? (files[0]?.error ?? 'no log file') : null,
  });
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all + size, 0);
}

function sizeOf(line: string): number {
  return JSON.stringify(line).length + 1;
}

/** A log file may be a link that its owner placed: root must not follow it with root's rights. */
function become({ uid, gid }: { uid: number; gid: number }): void {
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
