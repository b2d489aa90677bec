import type { Lock } from '../../stores/locks.ts';
import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Caller } from '../access/caller.ts';
import type { ChangeCommand } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { redactDeep } from '../reply/redaction.ts';
import { type Action, type Answer, invoke, type Reply, text } from '../reply/reply.ts';
import { auditEvent } from './audit-event.ts';
import { outcomeCard, progressCard } from './cards.ts';
import { deliver } from './delivery.ts';
import { createLease, type Lease, LeaseLost, leaseMs } from './lease.ts';
import { median } from './median.ts';
import { closeOrphanedMessage } from './orphaned-message.ts';
import { endedOf, interrupted, type Outcome, outcomeOf, refused } from './outcome.ts';
import type { Plan } from './plan.ts';
import { retry } from './retry.ts';
import { createStepRunner } from './step.ts';

interface Running<P> {
  bot: BotContext<P>;
  command: ChangeCommand<P>;
  record: OperationRecord;
  rev: number;
  lock: Lock;
  caller: Caller;
  /** Called once the operation's message stands. */
  posted(): Promise<void>;
}

/** Runs a claimed operation to its one outcome: post, intent, steps, outcome, release, tell. Never throws for what a change can do. */
export async function runOperation<P>({
  bot,
  command,
  record,
  rev,
  lock,
  caller,
  posted,
}: Running<P>): Promise<Outcome['state'] | undefined> {
  const { stores, log } = bot;
  const lease = createLease(stores, record, rev, lock);
  const known = record.message;
  const leaseLost = new AbortController();
  const renewals = keepAlive(lease, bot, leaseLost);
  let stored = false;
  try {
    const ending = await begin(lease, bot, command, { caller, posted, signal: leaseLost.signal });
    await finish(lease, bot, command, ending);
    stored = true;
    return ending.state;
  } catch (error) {
    // A terminal says itself that another process has it; a last answer there would become its exit code.
    const atTerminal = caller.surface === 'terminal' && record.takenOver === 0;
    if (!known && record.message && !atTerminal) void closeOrphanedMessage(bot, record, record.message);
    if (error instanceof LeaseLost || leaseLost.signal.aborted) {
      log.warn({ operation: record.id }, 'another process took the operation over');
      return undefined;
    }
    throw error;
  } finally {
    leaseLost.abort();
    await renewals;
    // An end that the store did not take is not the end: who takes over tells it.
    if (stored)
      await deliver(lease, bot).catch((error: unknown) =>
        log.error({ operation: record.id, error }, 'the outcome waits to be delivered'),
      );
  }
}

/** Renews the lease while the operation runs, also between steps. */
async function keepAlive<P>(
  lease: Lease,
  { clock }: BotContext<P>,
  leaseLost: AbortController,
): Promise<void> {
  while (!leaseLost.signal.aborted) {
    try {
      await clock.sleep(leaseMs / 3, leaseLost.signal);
      if (!leaseLost.signal.aborted) await lease.renew(clock.now().getTime());
    } catch (error) {
      // A renewal that can't be asked for is asked for again; one that is refused ends us.
      if (error instanceof LeaseLost) leaseLost.abort(error);
    }
  }
}

async function begin<P>(
  lease: Lease,
  bot: BotContext<P>,
  command: ChangeCommand<P>,
  { caller, posted, signal }: Pick<Running<P>, 'caller' | 'posted'> & { signal: AbortSignal },
): Promise<Outcome> {
  const { record } = lease;
  const { progress, clock, audit } = bot;
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
      const message = await progress.open(record, show());
      try {
        await lease.write((one) => {
          one.message = message;
        });
      } finally {
        await posted().catch((error: unknown) =>
          bot.log.warn({ operation: record.id, error }, 'the caller was not pointed to the message'),
        );
      }
    }
    if (early) return interrupted(record);
    if (!record.intent) {
      await audit.record(auditEvent(record, plan, 'intent', clock.now()));
      await lease.write((one) => {
        one.intent = true;
      });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (early) return interrupted(record);
    return { state: 'refused', reply: refused(error) };
  }
  const usual = await bot.stores.timings.usual(record.env);
  const step = createStepRunner({
    lease,
    clock,
    signal,
    usual: (id) => median(usual[`${command.name}/${id}`] ?? []),
    changed: () => record.message && progress.update(record.message, show()),
  });
  const ticking = setInterval(() => record.message && progress.update(record.message, show()), 5_000);
  try {
    const args = record.args;
    const reply = await command.run({
      args,
      platform: bot.platform,
      caller,
      signal,
      operation: record.id,
      plan,
      step,
    });
    return { state: 'done', reply };
  } catch (error) {
    if (error instanceof LeaseLost || signal.aborted) throw error;
    return outcomeOf(error, lease, bot);
  } finally {
    clearInterval(ticking);
  }
}

async function finish<P>(
  lease: Lease,
  bot: BotContext<P>,
  command: ChangeCommand<P>,
  ending: Outcome,
): Promise<void> {
  const { record } = lease;
  const { clock, audit, stores, log } = bot;
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
    recorded = await retry(bot, () =>
      audit.record(
        auditEvent(
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
  await lease.write((one) => {
    one.state = ending.state;
    one.endedAt = at.getTime();
    one.outcome = JSON.stringify(noted);
  });
  await stores.locks.release(record.lock, record.id, endedOf(record));
  if (ending.state === 'done') {
    for (const step of record.steps) {
      if (step.state === 'done' && step.startedAt !== undefined && step.endedAt !== undefined) {
        await stores.timings
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
