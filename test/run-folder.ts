import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A FIFO in the run's folder, open for as long as the run lasts: who reads it hears of its end, however it comes. */
export const lasting = 'lasting';

/** Vitest's global setup: a folder that all test files of a run share, since each is a process of its own. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'd2-run-'));
  execFileSync('mkfifo', [join(folder, lasting)]);
  const open = openSync(join(folder, lasting), 'r+');
  process.env.D2_TESTS_RUN = folder;
  return () => {
    closeSync(open);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
