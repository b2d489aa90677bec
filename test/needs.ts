import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether tests that need a program can run: one that is missing is said in a line, and in CI, which has them all, is a failure. */
export function has(program: string, isThere: boolean): boolean {
  if (isThere) return true;
  if (process.env.D2_TESTS_NEED_ALL) throw new Error(`${program} is missing: CI must not skip what needs it`);
  if (isFirst(program))
    process.stderr.write(`${program} is not installed: the tests that need it are skipped.\n`);
  return false;
}

/** Whether no other test file of this run has said it. */
function isFirst(program: string): boolean {
  const { D2_TESTS_RUN: folder } = process.env;
  if (folder === undefined) return true;
  try {
    writeFileSync(join(folder, encodeURIComponent(program)), '', { flag: 'wx' });
    return true;
  } catch (error) {
    // Whatever else went wrong, twice is better than never.
    return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
  }
}
