import type { Clock } from '../clock.ts';

export interface Step {
  /** Of AWS's time, from the course's beginning. */
  afterMs: number;
  /** `at` is when it was due, however far the clock was turned past it. */
  act(at: Date): void;
}

/**
 * What follows from now on. All of it is laid down at once: were a step to lay down the next one, a clock turned
 * by a week would reach the first alone. Answers how to call off what is still to come.
 */
export function follow(clock: Clock, steps: readonly Step[]): () => void {
  const began = clock.now().getTime();
  const offs = steps.map(({ afterMs, act }) =>
    clock.after(afterMs, () => act(new Date(Math.min(clock.now().getTime(), began + afterMs)))),
  );
  return () => {
    for (const off of offs) off();
  };
}
