import type { Caller } from '../access/caller.ts';
import { outcomeCard, progressCard } from './cards.ts';
import type { ChangeCommand } from '../command/command.ts';
import { deliver } from './delivery.ts';
import { type Ending, endingOf, interrupted, refused } from './outcome.ts';
import { UserError } from '../reply/errors.ts';
import type { House } from '../context.ts';
import { median } from './median.ts';
import { endedOf, type Hold, type OperationRecord } from './record.ts';
import type { Plan } from './plan.ts';
import { redactDeep } from '../reply/redaction.ts';
import { type Action, type Answer, invoke, type Reply, text } from '../reply/reply.ts';
import { retry } from './retry.ts';
import { createStepRunner } from './step.ts';
import { closeStray } from './orphaned-message.ts';
import { createTenure, leaseMs, Ousted, type Tenure } from './lease.ts';
import { trailEvent } from './audit-event.ts';

interface Running<P> {
  house: House<P>;
  command: ChangeCommand<P>;
  record: OperationRecord;
  rev: number;
  hold: Hold;
  caller: Caller;
  /** Called once the operation's message stands. */
  posted(): Promise<void>;
}

/** Runs a claimed operation to its one outcome: post, intent, steps, outcome, release, tell. Never throws for what a change can do. */
export async function runOperation<P>({
  house,
  command,
  record,
  rev,
  hold,
  caller,
  posted,
}: Running<P>): Promise<Ending['state'] | undefined> {
  const { operations, log } = house;
  const tenure = createTenure(operations, record, rev, hold);
  const known = record.message;
  const heart = new AbortController();
  const beat = keepAlive(tenure, house, heart);
  let stored = false;
  try {
    const ending = await begin(tenure, house, command, { caller, posted, signal: heart.signal });
    await finish(tenure, house, command, ending);
    stored = true;
    return ending.state;
  } catch (error) {
    // A terminal says itself that another process has it; a last answer there would become its exit code.
    const atTerminal = caller.surface === 'terminal' && record.takenOver === 0;
    if (!known && record.message && !atTerminal) void closeStray(house, record, record.message);
    if (error instanceof Ousted || heart.signal.aborted) {
      log.warn({ operation: record.id }, 'another process took the operation over');
      return undefined;
    }
    throw error;
  } finally {
    heart.abort();
    await beat;
    // An end that the store did not take is not the end: who takes over tells it.
    if (stored)
      await deliver(tenure, house).catch((error: unknown) =>
        log.error({ operation: record.id, error }, 'the outcome waits to be delivered'),
      );
  }
}

/** Renews the lease while the operation runs, also between steps. */
async function keepAlive<P>(tenure: Tenure, { clock }: House<P>, heart: AbortController): Promise<void> {
  while (!heart.signal.aborted) {
    try {
      await clock.sleep(leaseMs / 3, heart.signal);
      if (!heart.signal.aborted) await tenure.renew(clock.now().getTime());
    } catch (error) {
      // A renewal that can't be asked for is asked for again; one that is refused ends us.
      if (error instanceof Ousted) heart.abort(error);
    }
  }
}

async function begin<P>(
  tenure: Tenure,
  house: House<P>,
  command: ChangeCommand<P>,
  { caller, posted, signal }: Pick<Running<P>, 'caller' | 'posted'> & { signal: AbortSignal },
): Promise<Ending> {
  const { record } = tenure;
  const { board, clock, trail } = house;
  // The plan was made by this command and stored as it was; only its own run reads it.
  const plan = record.plan as Plan;
  const remarks =
    record.takenOver > 0
      ? ['Interrupted by a restart of the bot; taken over, the real state was read first.']
      : [];
  const show = (): Answer => ({
    id: record.id,
    state: 'working',
    reply: redactDeep(progressCard(record, plan, clock.now().getTime(), remarks)),
  });
  // Taken over before anything could be sent: it only needs to be told.
  const early = record.takenOver > 0 && !record.intent;
  try {
    if (!record.message) {
      const message = await board.open(record, show());
      try {
        await tenure.write((one) => {
          one.message = message;
        });
      } finally {
        await posted().catch((error: unknown) =>
          house.log.warn({ operation: record.id, error }, 'the caller was not pointed to the message'),
        );
      }
    }
    if (early) return interrupted(record);
    if (!record.intent) {
      await trail.record(trailEvent(record, plan, 'intent', clock.now()));
      await tenure.write((one) => {
        one.intent = true;
      });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (early) return interrupted(record);
    return { state: 'refused', reply: refused(error) };
  }
  const usual = await house.operations.usual(record.env);
  const step = createStepRunner({
    tenure,
    clock,
    signal,
    usual: (id) => median(usual[`${command.name}/${id}`] ?? []),
    changed: () => record.message && board.update(record.message, show()),
  });
  const ticking = setInterval(() => record.message && board.update(record.message, show()), 5_000);
  try {
    const args = record.args;
    const reply = await command.run({
      args,
      ports: house.ports,
      caller,
      signal,
      operation: record.id,
      plan,
      step,
    });
    return { state: 'done', reply };
  } catch (error) {
    if (error instanceof Ousted || signal.aborted) throw error;
    return endingOf(error, tenure, house);
  } finally {
    clearInterval(ticking);
  }
}

async function finish<P>(
  tenure: Tenure,
  house: House<P>,
  command: ChangeCommand<P>,
  ending: Ending,
): Promise<void> {
  const { record } = tenure;
  const { clock, trail, operations, log } = house;
  const at = clock.now();
  const undo: Action[] =
    command.inverse && (ending.state === 'done' || ending.state === 'partly')
      ? [invoke(inverseLabel(command.inverse, record), command.inverse, record.args)]
      : [];
  for (const step of record.steps)
    if (step.state === 'todo' || step.state === 'doing') step.state = 'skipped';
  const reply = redactDeep(outcomeCard(record, ending.reply, at.getTime(), undo));
  let recorded = true;
  if (record.intent) {
    recorded = await retry(house, () =>
      trail.record(
        trailEvent(
          record,
          record.plan as Plan,
          record.takenOver > 0 ? 'reconciliation' : 'outcome',
          at,
          ending.state,
        ),
      ),
    );
    if (!recorded) log.error({ operation: record.id }, 'the trail did not take the outcome');
  }
  const noted: Reply = recorded
    ? reply
    : {
        ...reply,
        parts: [...reply.parts, text('⚠ The audit trail did not take this outcome; the intent is there.')],
      };
  await tenure.write((one) => {
    one.state = ending.state;
    one.endedAt = at.getTime();
    one.outcome = JSON.stringify(noted);
  });
  await operations.release(record.env, record.id, endedOf(record));
  if (ending.state === 'done') {
    for (const step of record.steps) {
      if (step.state === 'done' && step.startedAt !== undefined && step.endedAt !== undefined) {
        await operations
          .learn(record.env, `${command.name}/${step.id}`, Math.round((step.endedAt - step.startedAt) / 1000))
          .catch(() => undefined);
      }
    }
  }
}

/** `Start dev`, `Start bastion in dev`: what it takes back, by what it was asked for. */
function inverseLabel(inverse: string, { args, env }: OperationRecord): string {
  const what = [args.what === 'all' ? undefined : args.what, args.service].find((one) => one !== undefined);
  const verb = `${inverse.charAt(0).toUpperCase()}${inverse.slice(1)}`;
  return what === undefined ? `${verb} ${env}` : `${verb} ${what} in ${env}`;
}
