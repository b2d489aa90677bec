import type { StepRecord } from '../../stores/operation-record.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../reply/errors.ts';
import type { Lease } from './lease.ts';
import type { Step, StepProgress } from './plan.ts';

/** A step that waits, its record, and when it began, in ms. */
export interface Waiting {
  step: Step;
  mine: StepRecord;
  started: number;
}

interface Workings {
  lease: Lease;
  clock: Clock;
  signal: AbortSignal;
  /** Stores and shows what it waits for. */
  noted(mine: StepRecord, note: string | undefined): Promise<void>;
}

type Wait = <T extends StepProgress>(waiting: Waiting, ask: () => Promise<T>) => Promise<T>;

/** Polls until done. A read that fails meanwhile says nothing about the change, so it goes on until the deadline. Throws `UserError` timeout then. */
export function createWait({ lease, clock, signal, noted }: Workings): Wait {
  const now = () => clock.now().getTime();
  return async ({ step, mine, started }, ask) => {
    let renewed = now();
    let lastFault: UserError | undefined;
    for (let pause = 400; ; pause = Math.min(pause * 1.25, 5_000)) {
      try {
        const progress = await ask();
        if (progress.done) return progress;
        lastFault = undefined;
        if (progress.note !== mine.note) await noted(mine, progress.note);
      } catch (error) {
        if (!(error instanceof UserError) || error.code === 'not-found' || error.code === 'conflict')
          throw error;
        lastFault = error;
        const unasked = `could not be asked: ${error.message}`;
        if (unasked !== mine.note) await noted(mine, unasked);
      }
      if (now() > started + step.deadlineSeconds * 1000) {
        throw new UserError(
          'timeout',
          [
            `${step.title}: not yet after ${Math.round(step.deadlineSeconds / 60)} min.`,
            ...(lastFault ? [`It could not be asked: ${lastFault.message}`] : []),
          ].join(' '),
          {
            hint: step.late?.hint ?? 'It may still come: look how things stand, then go on or back.',
            actions: step.late?.actions ?? [],
            cause: lastFault,
          },
        );
      }
      if (now() - renewed > 15_000) {
        renewed = now();
        await lease.renew(renewed);
      }
      await clock.sleep(pause, signal);
    }
  };
}
