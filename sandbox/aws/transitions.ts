import type { Clock } from '../clock.ts';

export interface Step {
  /** Of AWS's time, from the first call on. */
  afterMs: number;
  /** `at` is when it was due, however far the clock was turned past it. */
  act(at: Date): void;
}

/**
 * Schedules all steps at once and returns how to cancel those still to come. A step that scheduled the next one would
 * be the only one reached by a clock that is turned a week ahead.
 */
export function scheduleTransitions(clock: Clock, steps: readonly Step[]): () => void {
  const began = clock.now().getTime();
  const cancels = steps.map(({ afterMs, act }) =>
    clock.after(afterMs, () => act(new Date(Math.min(clock.now().getTime(), began + afterMs)))),
  );
  return () => {
    for (const cancel of cancels) cancel();
  };
}
