import type { StepRecord } from '../../stores/operation-record.ts';
import type { Clock } from '../clock.ts';
import { OutcomeUnknown, UserError } from '../reply/errors.ts';
import type { Lease } from './lease.ts';
import type { RunStep, Step, StepOutcome, StepProgress, StepReadiness } from './plan.ts';

/** Somebody pressed Cancel: no further step begins. */
export class Cancelled extends Error {}

interface Workings {
  lease: Lease;
  clock: Clock;
  signal: AbortSignal;
  /** Seconds that this step took of late. */
  usual: (step: string) => number | undefined;
  /** The record changed: show it. */
  changed(): void;
}

// How long a lost answer is looked after before the outcome is called unknown.
const lookingMs = 60_000;

/** Runs steps one by one, durably: what was done is not done again, and what was sent is looked for before it is sent again. */
export function createStepRunner({ lease, clock, signal, usual, changed }: Workings): RunStep {
  const { record } = lease;
  const now = () => clock.now().getTime();

  async function mark(id: string, change: Partial<StepRecord>): Promise<void> {
    await lease.write(() => {
      const step = record.steps.find((one) => one.id === id);
      if (step) Object.assign(step, change);
    });
    changed();
  }

  return async function run(step: Step): Promise<StepOutcome> {
    let mine = record.steps.find((one) => one.id === step.id);
    if (!mine) {
      mine = {
        id: step.id,
        title: step.title,
        ...(step.instance !== undefined && { instance: step.instance }),
        state: 'todo',
        sent: false,
      };
      record.steps.push(mine);
    }
    if (mine.state === 'done') return { changed: true, ...(mine.note !== undefined && { note: mine.note }) };
    if (mine.state === 'already') return { changed: false };
    if ((await lease.requests()).cancel !== undefined && !mine.sent) throw new Cancelled();
    const started = mine.startedAt ?? now();
    const usualSeconds = usual(step.id);
    await mark(step.id, {
      state: 'doing',
      startedAt: started,
      ...(usualSeconds !== undefined && { usualSeconds }),
    });
    try {
      const outcome = await carryOut(step, mine, started);
      await mark(step.id, {
        state: outcome.changed ? 'done' : 'already',
        endedAt: now(),
        // What it was waiting for is of no interest any more.
        note: outcome.note,
      });
      return outcome;
    } catch (error) {
      if (error instanceof OutcomeUnknown || error instanceof UserError) {
        await mark(step.id, {
          state: error instanceof OutcomeUnknown ? 'unknown' : 'failed',
          endedAt: now(),
          note: error.message,
        });
      }
      throw error;
    }
  };

  async function carryOut(step: Step, mine: StepRecord, started: number): Promise<StepOutcome> {
    const since = new Date(started);
    let sentNote: string | undefined;
    const sentBefore = mine.sent;
    const effect = mine.sent ? await tookEffect(step, since) : 'none';
    if (effect === 'unseen' || (mine.sent && effect === 'none' && !step.repeatable)) {
      throw new OutcomeUnknown(
        `${step.title}: it was sent before an interruption, and whether it took effect can’t be told.`,
      );
    }
    if (
      !mine.sent &&
      step.act &&
      step.settled &&
      step.skipWhenSettled !== false &&
      (await readNow(step)).done
    ) {
      return { changed: false };
    }
    if (step.act && effect === 'none' && !(await onItsWay(step, started))) {
      await mark(step.id, { sent: true });
      await lease.renew(now());
      sentNote = await send(step, mine, since, sentBefore);
    }
    if (step.settled)
      await waitUntil(step, started, () => step.settled?.() ?? Promise.resolve({ done: true }));
    return { changed: true, ...(sentNote !== undefined && { note: sentNote }) };
  }

  async function readNow(step: Step): Promise<StepProgress> {
    try {
      return (await step.settled?.()) ?? { done: false };
    } catch (error) {
      if (error instanceof UserError && (error.code === 'unavailable' || error.code === 'timeout'))
        return { done: false };
      throw error;
    }
  }

  /** Waits until the thing can be acted on; true when somebody else’s change does it already. */
  async function onItsWay(step: Step, started: number): Promise<boolean> {
    if (!step.ready) return false;
    const { underWay } = await waitUntil<StepReadiness>(step, started, step.ready);
    return underWay === true;
  }

  /** Sends the mutation once; after a lost answer looks, and sends again only what may be repeated. */
  async function send(
    step: Step,
    mine: StepRecord,
    since: Date,
    sentBefore: boolean,
  ): Promise<string | undefined> {
    for (let again = 0; ; again++) {
      try {
        return await step.act?.();
      } catch (error) {
        if (!(error instanceof OutcomeUnknown)) {
          // An expected error is definite: AWS refused it, so this step changed nothing, unless an earlier call did.
          if (error instanceof UserError && !sentBefore && again === 0) await mark(step.id, { sent: false });
          throw error;
        }
        await mark(step.id, { note: 'the answer was lost, looking' });
        const effect = await tookEffect(step, since);
        if (effect === 'seen') return undefined;
        if (effect === 'unseen' || !step.repeatable || again > 0) throw error;
        await lease.renew(now());
        mine.note = 'it had not taken effect, sent once more';
      }
    }
  }

  async function happened(step: Step, since: Date): Promise<boolean> {
    if (step.happened) return step.happened(since);
    return step.settled ? (await step.settled()).done : false;
  }

  /** Looks for a minute. What could not be looked at even once may have happened: it is never taken for not having. */
  async function tookEffect(step: Step, since: Date): Promise<'seen' | 'none' | 'unseen'> {
    const until = now() + lookingMs;
    let effect: 'none' | 'unseen' = 'unseen';
    for (let pause = 500; ; pause = Math.min(pause * 1.5, 5_000)) {
      try {
        if (await happened(step, since)) return 'seen';
        effect = 'none';
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
      if (now() >= until) return effect;
      await lease.renew(now());
      await clock.sleep(pause, signal);
    }
  }

  /** Polls until done. A read that fails meanwhile says nothing about the change, so it goes on until the deadline. */
  async function waitUntil<T extends StepProgress>(
    step: Step,
    started: number,
    ask: () => Promise<T>,
  ): Promise<T> {
    let renewed = now();
    let lastFault: unknown;
    for (let pause = 400; ; pause = Math.min(pause * 1.25, 5_000)) {
      try {
        const progress = await ask();
        if (progress.done) return progress;
        lastFault = undefined;
        if (progress.note !== record.steps.find((one) => one.id === step.id)?.note)
          await mark(step.id, { note: progress.note });
      } catch (error) {
        if (!(error instanceof UserError) || error.code === 'not-found' || error.code === 'conflict')
          throw error;
        lastFault = error;
      }
      if (now() > started + step.deadlineSeconds * 1000) {
        throw new UserError(
          'timeout',
          `${step.title}: not yet after ${Math.round(step.deadlineSeconds / 60)} min.`,
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
  }
}
