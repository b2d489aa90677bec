import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSoaking } from '../rounds.ts';
import { cleanEnv, root } from './fresh-clone.ts';
import { type Image, replay, stepsOf } from './image.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the image', () => {
  // Docker itself isn't at hand everywhere: the steps are, with this machine's node and npm.
  let image: Image;
  beforeAll(() => {
    image = replay(root, folder, { clean: cleanEnv(folder), installed: !isSoaking });
  });
  const run = (file: string) =>
    spawnSync(process.execPath, [file], {
      cwd: image.app,
      env: { ...cleanEnv(folder), ...image.env, TMPDIR: folder, SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' },
      encoding: 'utf8',
    });

  it('holds the bot in one bundle, and nothing else', () => {
    expect(
      readdirSync(image.app)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['dist', 'package.json']);
  });

  it('starts the bot: all it imports is there, and it says what is to be configured', () => {
    const { status, stderr } = run('dist/main.js');
    expect(stderr).toContain('/etc/d2/d2.yaml: no such file');
    expect(stderr).toContain('SLACK_BOT_TOKEN: missing');
    expect(status).toBe(2);
  });

  it('is found unwell by its health check while no bot beats', () => {
    expect(run('dist/healthcheck.js')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not running'),
    });
  });

  it('runs as somebody without rights, on Node 24, with a health check', () => {
    const steps = stepsOf(readFileSync(join(root, 'Dockerfile'), 'utf8'));
    expect(image.user).toBe('node');
    expect(image.env).toMatchObject({ NODE_ENV: 'production', NODE_COMPILE_CACHE: expect.any(String) });
    expect(steps.findLast(({ instruction }) => instruction === 'FROM')?.rest).toBe('node:24-slim');
    expect(steps.find(({ instruction }) => instruction === 'HEALTHCHECK')?.rest).toContain(
      'dist/healthcheck.js',
    );
  });
});
