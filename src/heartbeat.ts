import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const heartbeatPath = join(tmpdir(), 'd2-heartbeat');
const everyMs = 10_000;
const staleMs = 4 * everyMs;

interface Heart {
  /** Connected, and able to answer; asked before each beat. */
  isWell(): boolean;
  path?: string;
}

/** Beats while the bot is well, by touching a file, for `dist/health.js`. Answers how to end it. */
export function startHeartbeat({ isWell, path = heartbeatPath }: Heart): () => void {
  const beat = () => {
    if (isWell()) writeFileSync(path, `${process.pid}\n`);
  };
  beat();
  const timer = setInterval(beat, everyMs).unref();
  return () => {
    clearInterval(timer);
    rmSync(path, { force: true });
  };
}

/** How long ago (ms) it beat last; `undefined` where it never did. */
function ageOf(path: string, now: number): number | undefined {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return mtimeMs === undefined ? undefined : now - mtimeMs;
}

/** What is wrong, in a sentence; `undefined` when the bot is well. */
export function healthProblem(path = heartbeatPath, now = Date.now()): string | undefined {
  const age = ageOf(path, now);
  if (age === undefined) return 'The bot is not running, or was never connected.';
  return age > staleMs ? `The bot has not been well for ${Math.round(age / 1000)} s.` : undefined;
}
