import type { Lock } from '../../stores/locks.ts';
import type { Caller } from '../access/caller.ts';
import type { ChangeCommand } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import { invoke } from '../reply/actions.ts';
import type { Answer } from '../reply/answer.ts';
import { UserError } from '../reply/errors.ts';
import { text } from '../reply/parts.ts';
import { redactDeep } from '../reply/redaction.ts';
import { withManyListeners } from '../signal.ts';
import type { Responder } from '../surface.ts';
import { recordIntent, recordOutcome } from './audit.ts';
import { outcomeCard, progressCard } from './cards.ts';
import { anew, claimFrom, deliver, isSettled } from './delivery.ts';
import { createLease, keepAlive, type Lease, LeaseLost } from './lease.ts';
import { median } from './median.ts';
import { closeOrphanedMessage, pointTo } from './message.ts';
import { planOf, type StoredOperation } from './operation.ts';
import { commandGone, endedOf, interrupted, lockGone, type Outcome, outcomeOf, refused } from './outcome.ts';
import { createStepRunner } from './step.ts';

interface Run<P> extends StoredOperation {
  bot: BotContext<P>;
  /** Absent where an operation that is taken over has a command which this version does not know. */
  command: ChangeCommand<P> | undefined;
  lock: Lock;
  caller: Caller;
  /** True where it is taken over without the lock that it had: others may have changed things since. */
  lockLost?: boolean;
  /** Who asked is pointed to the operation's message, or hears the outcome where it has none; absent once nobody waits there. */
  responder?: Responder;
}

type Surroundings<P> = Pick<Run<P>, 'bot' | 'command' | 'caller' | 'responder' | 'lockLost'>;

/** Runs an operation that holds its lock to its one outcome: post, intent, steps, outcome, release, deliver. Answers `undefined` where another process has it now. */
export async function runOperation<P>(run: Run<P>): Promise<Outcome['state'] | undefined> {
  const { bot, record, rev, lock, caller } = run;
  const lease = createLease(bot.stores, record, rev, lock);
  const known = record.message;
  const lost = new AbortController();
  const renewals = keepAlive(lease, bot, lost);
  let stored = false;
  try {
    const outcome = await carryOut(lease, run, withManyListeners(lost.signal));
    await finish(lease, run, outcome);
    stored = true;
    return outcome.state;
  } catch (error) {
    // A terminal says itself that another process has it; a last answer there would become its exit code.
    const atTerminal = caller.surface === 'terminal' && record.takenOver === 0;
    if (!known && record.message && !atTerminal) void closeOrphanedMessage(bot, record, record.message);
    if (error instanceof LeaseLost || lost.signal.aborted) {
      bot.log.warn({ operation: record.id }, 'another process took the operation over');
      return undefined;
    }
    throw error;
  } finally {
    lost.abort();
    await renewals;
    // An end that the store did not take is not the end: who takes over tells it.
    if (stored) await tell(lease, run);
  }
}

/** Post, intent, steps. What ends them early is an outcome too; only a lost lease and a store that is gone are thrown. */
async function carryOut<P>(
  lease: Lease,
  { bot, command, caller, responder, lockLost = false }: Surroundings<P>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { record } = lease;
  const { progress, clock } = bot;
  const plan = planOf(record);
  const remarks =
    record.takenOver > 0
      ? ['Interrupted by a restart of the bot; taken over, the real state was read first.']
      : [];
  const show = (): Answer => ({
    id: record.id,
    state: 'working',
    reply: redactDeep(progressCard(record, plan, clock.now().getTime(), remarks)),
  });
  const update = () => record.message && progress.update(record.message, show());
  const sent = record.steps.some((step) => step.sent);
  // Taken over before anything could be sent: it only needs to be told.
  const early = record.takenOver > 0 && (!record.intent || (lockLost && !sent));
  const told = () => {
    if (early) return interrupted(bot, record);
    if (!command) return commandGone(bot, record);
    return lockLost ? lockGone(bot, record) : undefined;
  };
  try {
    if (!record.message) await post(lease, bot, show(), responder);
    const end = told();
    if (end || !command) return end ?? commandGone(bot, record);
    if (!record.intent) {
      await recordIntent(bot, record);
      await lease.write((one) => {
        one.intent = true;
      });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return told() ?? { state: 'refused', reply: refused(error) };
  }
  const usual = await bot.stores.timings.usual(record.env);
  const step = createStepRunner({
    lease,
    clock,
    signal,
    usual: (id) => median(usual[`${command.name}/${id}`] ?? []),
    changed: update,
  });
  const ticking = setInterval(update, 5_000);
  try {
    const { id: operation, args } = record;
    const reply = await command.run({ args, platform: bot.platform, caller, signal, operation, plan, step });
    return { state: 'done', reply };
  } catch (error) {
    if (error instanceof LeaseLost || signal.aborted) throw error;
    return outcomeOf(error, lease, bot);
  } finally {
    clearInterval(ticking);
  }
}

async function post<P>(
  lease: Lease,
  bot: BotContext<P>,
  answer: Answer,
  responder: Responder | undefined,
): Promise<void> {
  const { progress, log } = bot;
  const { id } = lease.record;
  const message = await progress.open(lease.record, answer);
  try {
    await lease.write((one) => {
      one.message = message;
    });
  } finally {
    if (responder) {
      await pointTo(bot, lease.record, responder).catch((error: unknown) =>
        log.warn({ operation: id, error }, 'the caller was not pointed to the message'),
      );
    }
  }
}

/** Records the outcome, frees the lock, and learns how long the steps took. */
async function finish<P>(lease: Lease, { bot, command }: Surroundings<P>, outcome: Outcome): Promise<void> {
  const { record } = lease;
  const { clock, stores } = bot;
  const at = clock.now();
  for (const step of record.steps)
    if (step.state === 'todo' || step.state === 'doing') step.state = 'skipped';
  const changed = outcome.state === 'done' || outcome.state === 'partly';
  const inverse = changed ? command?.inverse?.(record.args) : undefined;
  const back = inverse ? [invoke(inverse.label, inverse.command, inverse.args)] : [];
  const reply = redactDeep(outcomeCard(record, outcome.reply, at.getTime(), back));
  const recorded = !record.intent || (await recordOutcome(bot, record, outcome.state, at));
  const unrecorded = text('⚠ The audit trail did not take this outcome; the intent is there.');
  await lease.write((one) => {
    one.state = outcome.state;
    one.endedAt = at.getTime();
    Object.assign(one, claimFrom(at.getTime()));
    one.outcome = JSON.stringify(recorded ? reply : { ...reply, parts: [...reply.parts, unrecorded] });
  });
  await stores.locks.release(record.lock, record.id, endedOf(record));
  if (outcome.state !== 'done') return;
  for (const { id, state, startedAt, endedAt } of record.steps) {
    if (state !== 'done' || startedAt === undefined || endedAt === undefined) continue;
    const seconds = Math.round((endedAt - startedAt) / 1000);
    await stores.timings.learn(record.env, `${record.command}/${id}`, seconds).catch(() => undefined);
  }
}

/** Delivers the outcome; the operation is open until nothing is owed to anybody. What can't be delivered waits in the store. */
async function tell<P>(lease: Lease, { bot, responder }: Pick<Run<P>, 'bot' | 'responder'>): Promise<void> {
  const { id, env } = lease.record;
  const { operations } = bot.stores;
  try {
    await deliver(lease, bot, responder ? (answer) => responder.answer(answer) : anew(lease, bot));
    const found = await operations.find(id);
    if (!found || isSettled(found.record, found.requests)) await operations.close(env, id);
  } catch (error) {
    bot.log.error({ operation: id, error }, 'the outcome waits to be delivered');
  }
}
