import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { findService } from './find.ts';
import { env, readHomes } from './pm2.ts';
import { maxOutput, print } from './print.ts';

const service = env('service');
const stream = env('stream');
const found = findService(await readHomes());
if ('error' in found) {
  print({ service, ...found });
} else {
  const { home, processes } = found;
  const path = stream === 'err' ? processes[0].errLog : processes[0].outLog;
  becomeOwner(home);
  print({ service, home, stream, path, ...tail(path, Number(env('lines'))) });
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
function becomeOwner(home: string): void {
  const { uid, gid } = statSync(home);
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
