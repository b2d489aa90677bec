import type { Clock } from '../clock.ts';
import { UserError } from '../reply/errors.ts';
import { type Lease, LeaseLost } from './lease.ts';
import type { Sighting, Step } from './plan.ts';

/** What came of looking: it took effect, it did not, or that can't be told. */
type Found = 'seen' | 'none' | 'unseen';

/** Looks for a mutation whose answer was lost, since `from` in ms; `since` is when its step began. */
export type Look = (step: Step, since: Date, from: number) => Promise<Found>;

// What may be sent again, or was cancelled, is looked for this long.
const shortMs = 60_000;
// A look that fails, or sees something run, is made again for so long; so is one for what may not be sent twice.
const longMs = 10 * 60_000;

/** Looks again and again, under the lease, until it is seen or the time for looking is over. */
export function createLook({
  lease,
  clock,
  signal,
}: {
  lease: Lease;
  clock: Clock;
  signal: AbortSignal;
}): Look {
  const now = () => clock.now().getTime();

  /** The table's own faults end no look: the lease is kept alive beside it, too. */
  async function unlessDown<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof LeaseLost || !(error instanceof UserError)) throw error;
      return undefined;
    }
  }

  return async (step, since, from) => {
    const short = now() + shortMs;
    // Who takes over near the end still looks for a while.
    const long = Math.max(from + longMs, short);
    // When it was last seen not to be there.
    let missing: number | undefined;
    for (let pause = 500; ; pause = Math.min(pause * 1.5, now() < short ? 5_000 : 15_000)) {
      const sighting = await unlessDown(() => sightingOf(step, since));
      if (sighting === true) return 'seen';
      if (sighting === 'unclear') return 'unseen';
      if (sighting !== undefined) missing = sighting === false ? now() : undefined;
      const cancelled = (await unlessDown(() => lease.requests()))?.cancel !== undefined;
      const isEnough = cancelled || (step.repeatable && missing !== undefined);
      if (now() >= (isEnough ? short : long)) {
        // Not seen is not undone: only a look of the last minute says that it did not happen.
        return missing !== undefined && now() - missing <= shortMs ? 'none' : 'unseen';
      }
      await unlessDown(() => lease.renew(now()));
      await clock.sleep(pause, signal);
    }
  };
}

async function sightingOf(step: Step, since: Date): Promise<Sighting> {
  if (step.happened) return step.happened(since);
  return step.settled ? (await step.settled()).done : false;
}
