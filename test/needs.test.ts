import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { has } from './needs.ts';

/** What is said when two test files miss the same program. */
function saidIn(folder: string): unknown[] {
  vi.stubEnv('D2_TESTS_NEED_ALL', '');
  vi.stubEnv('D2_TESTS_RUN', folder);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    stderr.mockRestore();
    vi.unstubAllEnvs();
  });
  expect([has('terraform', false), has('terraform', false)]).toEqual([false, false]);
  return stderr.mock.calls.map(([text]) => text);
}
const line = 'terraform is not installed: the tests that need it are skipped.\n';

test('a program that is missing is said once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'd2-said-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(saidIn(folder)).toEqual([line]);
});

test('it is said each time where nobody can note that it was', () => {
  expect(saidIn(join(tmpdir(), 'd2-said-nowhere'))).toEqual([line, line]);
});
