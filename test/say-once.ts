import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Vitest's global setup: where the test files, processes of their own, note what one of them has said for all. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'd2-said-'));
  process.env.D2_TESTS_SAID = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
