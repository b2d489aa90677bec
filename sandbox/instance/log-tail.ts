import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineLogLine } from '../interfaces.ts';

interface TailOptions {
  folders: readonly string[];
  now: () => Date;
}

interface Position {
  inode: number;
  offset: number;
  /** The beginning of a line whose end is still to be written. */
  rest: Buffer;
}

const pollMs = 200;
const chunkSize = 256 * 1024;

/** Follows PM2's log files from their beginning, through truncation and replacement, once it has a listener. */
export function tailLogs({ folders, now }: TailOptions) {
  const listeners = new Set<(line: MachineLogLine) => void>();
  const positions = new Map<string, Position>();
  let timer: NodeJS.Timeout | undefined;

  function read(): void {
    if (listeners.size === 0) return;
    for (const folder of folders) {
      for (const name of listFiles(folder)) {
        const source = name.match(/^(?<process>.+?)-(?<stream>out|error)(-\d+)?\.log$/)?.groups;
        if (!source) continue;
        for (const text of readLines(join(folder, name))) {
          const stream = source.stream === 'error' ? 'err' : 'out';
          const line = { process: source.process ?? name, stream, text, at: now() } as const;
          for (const listener of listeners) listener(line);
        }
      }
    }
  }

  function readLines(path: string): string[] {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return [];
    }
    try {
      const { size, ino } = fstatSync(file);
      let position = positions.get(path);
      if (!position || position.inode !== ino || position.offset > size) {
        position = { inode: ino, offset: 0, rest: Buffer.alloc(0) };
        positions.set(path, position);
      }
      const lines: string[] = [];
      const chunk = Buffer.alloc(Math.min(chunkSize, size - position.offset));
      while (position.offset < size) {
        const count = readSync(file, chunk, 0, chunk.length, position.offset);
        if (count === 0) break;
        position.offset += count;
        const text = Buffer.concat([position.rest, chunk.subarray(0, count)]);
        const end = text.lastIndexOf('\n') + 1;
        position.rest = text.subarray(end);
        if (end > 0) lines.push(...text.toString('utf8', 0, end - 1).split('\n'));
      }
      return lines;
    } finally {
      closeSync(file);
    }
  }

  return {
    /** Reads what was written since; called by a timer too. */
    read,
    onLine(listener: (line: MachineLogLine) => void): () => void {
      listeners.add(listener);
      timer ??= setInterval(read, pollMs).unref();
      return () => {
        listeners.delete(listener);
      };
    },
    close(): void {
      clearInterval(timer);
      listeners.clear();
    },
  };
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
