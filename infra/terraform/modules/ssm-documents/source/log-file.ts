import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface LogFile {
  path: string;
  /** The newest, oldest first. */
  lines: string[];
  /** Fewer, or shorter ones, than it has of those asked for. */
  truncated: boolean;
  /** Milliseconds since 1970. */
  writtenAt: number | null;
  /** What of it was put aside and could not be read. */
  unread: string | null;
  error: string | null;
}

const chunkSize = 1024 * 1024;
const largestZip = 16 * 1024 * 1024;
const largestUnzipped = 128 * 1024 * 1024;
const longestLine = 4_000;
const mostRotations = 3;

/** The newest `count` lines of a log file, and of what a rotation put aside where it has fewer. */
export function logFile(path: string, count: number): LogFile {
  const own = readTail(path);
  const file: LogFile = { path, lines: [], truncated: false, writtenAt: null, unread: null, error: null };
  if ('error' in own && own.error !== 'no log file') return { ...file, error: own.error };
  const parts = 'error' in own ? [] : [own];
  const rotated = rotations(path);
  for (const { name, at } of rotated.slice(0, mostRotations)) {
    if (parts.some(({ cut }) => cut) || parts.reduce((sum, { lines }) => sum + lines.length, 0) >= count)
      break;
    const part = readTail(join(dirname(path), name));
    if ('error' in part) {
      const when = new Date(at).toISOString().slice(0, 19);
      file.unread = `${basename(path)} was rotated at ${when}Z, and ${name} could not be read: ${part.error}`;
      break;
    }
    parts.unshift(part);
  }
  if ('error' in own && parts.length === 0) return { ...file, error: own.error };
  const all = parts.flatMap(({ lines }) => lines);
  const wanted = all.slice(-count);
  file.lines = wanted.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  file.truncated =
    wanted.some((line) => line.length > longestLine) ||
    (wanted.length < count && (parts.some(({ cut }) => cut) || file.unread !== null));
  file.writtenAt = 'error' in own || own.lines.length === 0 ? (rotated[0]?.at ?? null) : own.writtenAt;
  return file;
}

interface Part {
  lines: string[];
  /** It has earlier lines. */
  cut: boolean;
  writtenAt: number;
}

function readTail(path: string): Part | { error: string } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { error: missing ? 'no log file' : String(error) };
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    const text = path.endsWith('.gz') ? unzip(file, size) : readEnd(file, size);
    const { bytes, cut } = text;
    const lines = bytes.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    // Where the file began earlier than what was read, its first line is a piece.
    if (cut && lines.length > 1) lines.shift();
    return { lines, cut, writtenAt: Math.round(mtimeMs) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    closeSync(file);
  }
}

function readEnd(file: number, size: number): { bytes: Buffer; cut: boolean } {
  const chunk = Buffer.alloc(Math.min(size, chunkSize));
  const read = readSync(file, chunk, 0, chunk.length, size - chunk.length);
  return { bytes: chunk.subarray(0, read), cut: size > chunk.length };
}

function unzip(file: number, size: number): { bytes: Buffer; cut: boolean } {
  if (size > largestZip) throw new Error(`it has ${Math.round(size / 1024 / 1024)} MB`);
  const all = gunzipSync(readFileSync(file), { maxOutputLength: largestUnzipped });
  return { bytes: all.subarray(-chunkSize), cut: all.length > chunkSize };
}

/** What was put aside of a file, the newest first: by pm2-logrotate (`name__2026-01-21_00-00-00.log`), by logrotate (`name.log.1`, `name.log-20260121`), both zipped or not. */
function rotations(path: string): { name: string; at: number }[] {
  const file = basename(path);
  // pm2-logrotate takes the last four letters off, whatever they are, and its date may have any format.
  const start = `${file.slice(0, -4)}__`;
  const isOne = (name: string) =>
    (name.startsWith(start) && /\.log(?:\.gz)?$/.test(name)) ||
    (name.startsWith(file) && /^[.-]\d+(?:\.gz)?$/.test(name.slice(file.length)));
  try {
    return readdirSync(dirname(path))
      .filter(isOne)
      .map((name) => ({
        name,
        at: statSync(join(dirname(path), name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      }))
      .sort((a, b) => b.at - a.at);
  } catch {
    // A folder that may not be listed.
    return [];
  }
}
