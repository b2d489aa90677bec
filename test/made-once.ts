import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A folder that is costly to fill, filled by the first test file of a run that needs it; the others wait for it.
 * Nobody may write to it: copy what changes.
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(runFolder(), name);
  const making = `${folder}.making`;
  while (!existsSync(folder)) {
    if (await isFirst(making)) {
      try {
        // Another may have finished between the look and the lock.
        if (!existsSync(folder)) {
          await make(making);
          await rename(making, folder);
        }
      } finally {
        await rm(making, { recursive: true, force: true });
      }
    } else await delay(50);
  }
  return folder;
}

async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

let own: string | undefined;

/** Outside of Vitest, as in the benchmark, a folder for this process. */
function runFolder(): string {
  const shared = process.env.D2_TESTS_RUN ?? own;
  if (shared !== undefined) return shared;
  const folder = mkdtempSync(join(tmpdir(), 'd2-run-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  own = folder;
  return folder;
}
