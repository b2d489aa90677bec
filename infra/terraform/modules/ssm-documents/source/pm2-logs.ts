import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findService } from './find.ts';
import { accountOf, env, findAccount, namedHomes, readHomes } from './pm2.ts';
import { maxOutput, print } from './print.ts';

const service = env('service');
const stream = env('stream');
const folder = env('logs');
const found = findService(await readHomes());
if (!('error' in found)) {
  const { home, processes } = found;
  const path = stream === 'err' ? processes[0].errLog : processes[0].outLog;
  const account = accountOf(home);
  if ('error' in account) print({ service, ...account });
  else {
    become(account);
    print({ service, home, stream, path, ...tail(path, Number(env('lines'))) });
  }
} else if (found.error !== 'not found' || folder === 'none') {
  print({ service, ...found });
} else {
  readFolder(found);
}

/** PM2 does not know the service: a release in the making, or a failed one, has deleted it. Its log files remain. */
function readFolder(missing: object): void {
  const users = [...namedHomes().values()];
  // The application's user can place links in there, and root would follow them with root's rights.
  const user = users.find((name) => name !== 'root') ?? 'root';
  const account = findAccount(user);
  if (account) become(account);
  const path = account && findLog();
  if (!account) print({ service, error: `there is no user ${user}` });
  else if (path === undefined) print({ service, ...missing });
  else print({ service, home: null, stream, path, ...tail(path, Number(env('lines'))) });
}

/** The newest of the files that PM2 names after the service: in cluster mode they may carry the process's id. */
function findLog(): string | undefined {
  const start = `${service}-${stream === 'err' ? 'error' : 'out'}`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.startsWith(start) && /^(-\d+)?\.log$/.test(name.slice(start.length)))
    .map((name) => join(folder, name))
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)[0]?.path;
}

/** The newest lines that fit; `truncated` says that fewer, or shorter ones, are given than the file has of those asked for. */
function tail(path: string | null, count: number) {
  if (!path) return { lines: [], truncated: false, size: 0, error: 'no log file' };
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { lines: [], truncated: false, size: 0, error: missing ? 'no log file' : String(error) };
  }
  const { size } = fstatSync(file);
  const chunk = Buffer.alloc(Math.min(size, 1024 * 1024));
  const read = readSync(file, chunk, 0, chunk.length, size - chunk.length);
  closeSync(file);
  const all = chunk.toString('utf8', 0, read).split('\n');
  if (all.at(-1) === '') all.pop();
  // Where the file began earlier than the chunk, its first line is a piece.
  if (size > chunk.length && all.length > 1) all.shift();

  const longest = 4_000;
  const wanted = all.slice(-count);
  const lines = wanted.map((line) => (line.length > longest ? `${line.slice(0, longest)}…` : line));
  let cut = wanted.some((line) => line.length > longest) || (size > chunk.length && wanted.length < count);
  let length = lines.reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);
  while (length > maxOutput - 1_000) {
    length -= JSON.stringify(lines.shift()).length + 1;
    cut = true;
  }
  return { lines, truncated: cut, size, error: null };
}

/** A log file may be a link that its owner placed: root must not follow it with root's rights. */
function become({ uid, gid }: { uid: number; gid: number }): void {
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
