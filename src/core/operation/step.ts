import type { StepRecord } from '../../stores/operation-record.ts';
import type { Clock } from '../clock.ts';
import { OutcomeUnknown, UserError } from '../reply/errors.ts';
import type { Lease } from './lease.ts';
import { createLook } from './look.ts';
import type { RunStep, Step, StepOutcome, StepReadiness } from './plan.ts';
import { createWait, type Waiting } from './wait.ts';

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

/** Runs steps one by one, durably: what was done is not done again, and what was sent is looked for before it is sent again. */
export function createStepRunner({ lease, clock, signal, usual, changed }: Workings): RunStep {
  const { record } = lease;
  const now = () => clock.now().getTime();
  const look = createLook({ lease, clock, signal });
  const waitUntil = createWait({ lease, clock, signal, noted: (mine, note) => mark(mine, { note }) });

  async function mark(mine: StepRecord, change: Partial<StepRecord>): Promise<void> {
    await lease.write(() => void Object.assign(mine, change));
    changed();
  }

  return async function run(step: Step): Promise<StepOutcome> {
    const mine = recordOf(step);
    if (mine.state === 'done' || mine.state === 'skipped') return outcomeOf(mine.state === 'done', mine.note);
    if (mine.state === 'already') return { changed: false };
    if (!mine.sent && (await lease.requests()).cancel !== undefined) throw new Cancelled();
    const started = mine.startedAt ?? now();
    const usualSeconds = usual(step.id);
    await mark(mine, {
      state: 'doing',
      startedAt: started,
      ...(usualSeconds !== undefined && { usualSeconds }),
    });
    try {
      const outcome = await carryOut(step, mine, started);
      // What it was waiting for is of no interest any more.
      await mark(mine, { state: stateOf(outcome), endedAt: now(), note: outcome.note });
      return outcome;
    } catch (error) {
      if (error instanceof OutcomeUnknown || error instanceof UserError) {
        await mark(mine, {
          state: error instanceof OutcomeUnknown ? 'unknown' : 'failed',
          endedAt: now(),
          note: error.message,
        });
      }
      throw error;
    }
  };

  function recordOf({ id, title, instance }: Step): StepRecord {
    const known = record.steps.find((one) => one.id === id);
    if (known) return known;
    const mine: StepRecord = {
      id,
      title,
      ...(instance !== undefined && { instance }),
      state: 'todo',
      sent: false,
    };
    record.steps.push(mine);
    return mine;
  }

  async function carryOut(step: Step, mine: StepRecord, started: number): Promise<StepOutcome> {
    const sentBefore = mine.sent;
    if (sentBefore) {
      const found = await lookFor(step, mine);
      if (found === 'unseen') {
        throw new OutcomeUnknown(
          `${step.title}: it was sent before an interruption, and whether it took effect can’t be told.`,
        );
      }
      if (found === 'none') await assertRepeatable(step, mine);
      else return settle({ step, mine, started });
    } else if (await isSettledAlready(step)) {
      return { changed: false };
    }
    if (!step.act || (await onItsWay({ step, mine, started }))) return settle({ step, mine, started });
    await announce(mine);
    const note = await send(step, mine, sentBefore);
    if (typeof note !== 'object') return settle({ step, mine, started }, note);
    await mark(mine, { sent: false });
    await settle({ step, mine, started });
    return outcomeOf(false, note.note);
  }

  /** Waits for what the step is to bring about. */
  async function settle({ step, mine, started }: Waiting, note?: string): Promise<StepOutcome> {
    const { settled } = step;
    if (settled) await waitUntil({ step, mine, started }, () => settled.call(step));
    return outcomeOf(true, note);
  }

  async function isSettledAlready(step: Step): Promise<boolean> {
    if (!step.act || !step.settled || step.skipWhenSettled === false) return false;
    try {
      return (await step.settled()).done;
    } catch (error) {
      if (error instanceof UserError && (error.code === 'unavailable' || error.code === 'timeout'))
        return false;
      throw error;
    }
  }

  /** Waits until the thing can be acted on; true when somebody else’s change does it already. */
  async function onItsWay({ step, mine, started }: Waiting): Promise<boolean> {
    if (!step.ready) return false;
    const { underWay } = await waitUntil<StepReadiness>({ step, mine, started }, step.ready);
    return underWay === true;
  }

  /** Written before it is sent, and the lease renewed for longer than a request takes: where either fails nothing left us. */
  async function announce(mine: StepRecord): Promise<void> {
    const before = mine.sent;
    try {
      await mark(mine, { sent: true });
      await lease.renew(now());
    } catch (error) {
      mine.sent = before;
      throw error;
    }
  }

  /** Sends the mutation once; after a lost answer looks, and sends again only what may be repeated. */
  async function send(
    step: Step,
    mine: StepRecord,
    sentBefore: boolean,
  ): Promise<Awaited<ReturnType<NonNullable<Step['act']>>>> {
    for (let again = 0; ; again++) {
      try {
        const result = await step.act?.();
        // Nothing left to send after it was sent once: it had arrived after all.
        return typeof result === 'object' && (sentBefore || again > 0) ? result.note : result;
      } catch (error) {
        if (!(error instanceof OutcomeUnknown)) {
          // An expected error is definite: AWS refused it, so this step changed nothing, unless an earlier call did.
          if (error instanceof UserError && !sentBefore && again === 0) await mark(mine, { sent: false });
          throw error;
        }
        const found = await lookFor(step, mine);
        if (found === 'seen') return undefined;
        if (found === 'unseen') throw error;
        await assertRepeatable(step, mine, again === 0);
        await lease.renew(now());
      }
    }
  }

  async function lookFor(step: Step, mine: StepRecord): Promise<'seen' | 'none' | 'unseen'> {
    if (mine.lookingSince === undefined) await mark(mine, { lookingSince: now() });
    const found = await look(step, new Date(mine.startedAt ?? now()), mine.lookingSince ?? now());
    // Stored with the next write.
    mine.lookingSince = undefined;
    return found;
  }

  /** After a look that found nothing: throws where it may not be sent again, and then nothing of it counts as sent. */
  async function assertRepeatable(step: Step, mine: StepRecord, mayRepeat = true): Promise<void> {
    const cancelled = (await lease.requests()).cancel !== undefined;
    if (step.repeatable && mayRepeat && !cancelled) return;
    await mark(mine, { sent: false });
    if (cancelled) throw new Cancelled();
    throw new UserError('unavailable', `${step.title}: no answer came, and nothing of it was found since.`, {
      hint: 'It did not happen, so it can be asked for again.',
    });
  }
}

const outcomeOf = (changed: boolean, note: string | undefined): StepOutcome => ({
  changed,
  ...(note !== undefined && { note }),
});

/** What was left out for a reason says the reason; where all was as wanted, there is none. */
function stateOf({ changed, note }: StepOutcome): StepRecord['state'] {
  if (changed) return 'done';
  return note === undefined ? 'already' : 'skipped';
}
