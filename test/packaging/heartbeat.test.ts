import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { healthProblem, startHeartbeat } from '../../src/heartbeat.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2-heartbeat-'));
const path = join(folder, 'beat');
afterAll(() => rmSync(folder, { recursive: true }));

describe('the health check', () => {
  it('is well while the bot beats, and not after it ended', () => {
    const stop = startHeartbeat({ isWell: () => true, path });
    expect(healthProblem(path)).toBeUndefined();
    stop();
    expect(healthProblem(path)).toBe('The bot is not running, or was never connected.');
  });

  it('is not well before the bot is connected', () => {
    const stop = startHeartbeat({ isWell: () => false, path });
    expect(healthProblem(path)).toContain('never connected');
    stop();
  });

  it('is not well once beats stay out', () => {
    const stop = startHeartbeat({ isWell: () => true, path });
    utimesSync(path, new Date(), new Date(Date.now() - 60_000));
    expect(healthProblem(path)).toMatch(/^The bot has not been well for 60 s/);
    stop();
  });
});
