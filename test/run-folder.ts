import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Vitest's global setup: a folder that all test files of a run share, since each is a process of its own. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'd2-run-'));
  process.env.D2_TESTS_RUN = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
