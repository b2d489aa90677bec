import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mustSucceed } from '../run-program.ts';
import { cleanEnv, cloneTo } from './fresh-clone.ts';

const folder = cloneTo('npx', { installed: true });
afterAll(() => rmSync(folder, { recursive: true }));

// A cache of its own and no registry: neither may be needed.
const env = {
  ...cleanEnv(folder),
  HOME: folder,
  npm_config_cache: join(folder, 'npm-cache'),
  npm_config_registry: 'http://127.0.0.1:9',
};

function start(program: string, args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, stdout, stderr: stderr.replace(/^npm warn Unknown .*\n/gm, '') };
}

const npx = (...words: string[]) => start('npx', ['d2', ...words]);

/** What npx runs, without npm's own start before it. */
const d2 = (...words: string[]) => start(process.execPath, ['bin/d2.cjs', ...words]);

/** A bundled file and all that is loaded with it; what is imported when it is needed is not. */
function staticImportsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/[=;]require\("(\.[^"]+)"\)/g))
    staticImportsOf(join(dirname(file), path), seen);
  return [...seen];
}

describe('npx d2 in a fresh clone', () => {
  it('builds itself once, and says its version and nothing more', () => {
    expect(npx('--version')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });

  it('builds itself anew after a pull', () => {
    const built = join(folder, 'dist/cli.cjs');
    utimesSync(built, new Date(0), new Date(0));
    mustSucceed(d2('--version'));
    expect(statSync(built).mtimeMs).toBeGreaterThan(0);
  });

  it('helps without credentials, and without asking for any', () => {
    const { status, stdout, stderr } = d2('help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('status');
    expect(stdout).toContain('--json (for scripts)');
  });

  it('loads neither AWS’s SDK nor Slack’s before they are needed', () => {
    const loaded = staticImportsOf(join(folder, 'dist/cli.cjs')).map((path) => readFileSync(path, 'utf8'));
    expect(loaded.length).toBeGreaterThan(1);
    for (const word of ['x-amz-user-agent', 'slack.com/api', 'pino.destination']) {
      expect(loaded.some((text) => text.includes(word))).toBe(false);
    }
  });

  it('says what to do without credentials, with exit code 1, for people and scripts', () => {
    expect(d2('status')).toEqual({
      status: 1,
      stdout: expect.stringContaining('aws sso login'),
      stderr: expect.any(String),
    });
    const { stdout, ...ended } = d2('status', '--json');
    expect(ended).toEqual({ status: 1, stderr: expect.any(String) });
    expect(JSON.parse(stdout)).toMatchObject({ state: 'failed', error: { code: 'unavailable' } });
  });

  it('answers wrong words and a wrong configuration with exit code 2', () => {
    expect(npx('stauts')).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('Did you mean status?'),
    });
    expect(d2('status', '--config', 'absent.yaml')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('absent.yaml: no such file'),
    });
  });
});
