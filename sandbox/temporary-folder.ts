import { spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** All that a sandbox writes lies in here. Whatever works in it, or has a path of it in its environment, ends with it. */
export interface Folder {
  readonly path: string;
  /** Ends what still runs in the folder and removes it. */
  close(): Promise<void>;
}

/**
 * Makes the folder and starts a clean-up process, which outlives every end of this one, a SIGKILL too,
 * and then cleans up. The name is short because Unix sockets take about 100 characters.
 */
export async function createTemporaryFolder(): Promise<Folder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'd2-')));
  const cleanup = spawn(process.execPath, [fileURLToPath(new URL('./cleanup.mjs', import.meta.url)), path], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  const ended = new Promise<void>((resolve, reject) => {
    cleanup.once('exit', () => resolve());
    cleanup.once('error', reject);
  });
  ended.catch(() => {});
  cleanup.unref();
  // The end of this pipe is what tells the cleanup that this process has ended.
  cleanup.stdin.on('error', () => {});

  return {
    path,
    async close() {
      cleanup.ref();
      cleanup.stdin.end();
      await ended;
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
