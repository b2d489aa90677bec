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
 * Makes the folder and a keeper: a process of its own that outlives every end of this one, a SIGKILL too,
 * and then cleans up. The name is short because Unix sockets take about 100 characters.
 */
export async function createFolder(): Promise<Folder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'd2-')));
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./cleanup.mjs', import.meta.url)), path], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  const ended = new Promise<void>((resolve, reject) => {
    keeper.once('exit', () => resolve());
    keeper.once('error', reject);
  });
  ended.catch(() => {});
  keeper.unref();
  // The end of this pipe is what tells the keeper that we are gone.
  keeper.stdin.on('error', () => {});

  return {
    path,
    async close() {
      keeper.ref();
      keeper.stdin.end();
      await ended;
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
