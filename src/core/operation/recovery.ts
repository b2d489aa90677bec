import type { Lock } from '../../stores/locks.ts';
import { beginNext } from '../change.ts';
import type { BotContext } from '../context.ts';
import { anew, claimDelivery, deliver, isDue, isSettled } from './delivery.ts';
import { createLock, graceMs, leaseMs } from './lease.ts';
import type { StoredOperation } from './operation.ts';
import { endedOf } from './outcome.ts';
import { runOperation } from './run.ts';

/** Looks once at every environment's open operations: finishes those whose run died, here or elsewhere, and tells outcomes that were never delivered. */
export async function recoverOperations<P>(bot: BotContext<P>): Promise<void> {
  for (const env of bot.catalog.vocabulary.environments) {
    try {
      const listed = await bot.stores.operations.listOpen(env);
      // At once: one that is run to its end takes minutes.
      await Promise.all(
        listed.map(async (id) => {
          if (await settle(bot, env, id)) await bot.stores.operations.close(env, id);
        }),
      );
      // An older version of the bot lists none: its last two show in the environment's lock.
      const [holder, last] = [await bot.stores.locks.holder({ env }), await bot.stores.locks.last(env)];
      for (const id of new Set([holder?.operation, last?.operation])) {
        if (id !== undefined && !listed.includes(id)) await settleUnlisted(bot, env, id);
      }
    } catch (error) {
      bot.log.error({ env, error }, 'looking for interrupted operations failed');
    }
  }
}

/** Brings one operation forward as far as can be; true when nothing of it is open any more. One that fails leaves the others theirs. */
async function settle<P>(bot: BotContext<P>, env: string, id: string): Promise<boolean> {
  try {
    return await bringForward(bot, env, id);
  } catch (error) {
    bot.log.error({ env, operation: id, error }, 'an open operation could not be looked after');
    return false;
  }
}

/** One that an older version of the bot ran: what it delivered is over. */
async function settleUnlisted<P>(bot: BotContext<P>, env: string, id: string): Promise<void> {
  if (!(await bot.stores.operations.find(id))?.record.delivered) await settle(bot, env, id);
}

async function bringForward<P>(bot: BotContext<P>, env: string, id: string): Promise<boolean> {
  const { operations, locks } = bot.stores;
  const found = await operations.find(id);
  const name = found?.record.lock ?? { env };
  const holder = await locks.holder(name);
  const lock = holder?.operation === id ? holder : undefined;
  const now = bot.clock.now().getTime();
  // Its last request may still be under way until lease and longest request are over.
  if (lock && now < lock.until + graceMs) return false;
  if (found?.record.state === 'running') {
    await takeOver(bot, found, lock);
    return false;
  }
  // Claimed and died before it began, or ended and died before it let go: then its end is still to be told.
  if (lock) await locks.release(name, id, found && endedOf(found.record));
  if (!found) return true;
  const { state, expiresAt, endedAt } = found.record;
  // Until a card has run out it may be about to claim its lock.
  if (state === 'planned') return now > expiresAt + leaseMs + graceMs;
  return endedAt === undefined || conclude(bot, id);
}

/** Gives an ended operation's outcome to whom it is still owed; true when it is owed to nobody. */
async function conclude<P>(bot: BotContext<P>, id: string): Promise<boolean> {
  const { operations } = bot.stores;
  const found = await operations.find(id);
  if (found && isDue(found.record, found.requests, bot.progress.surface)) {
    const lease = await claimDelivery(bot, found);
    if (!lease) return false;
    await deliver(lease, bot, anew(lease, bot));
  }
  await beginNext(bot, id);
  const now = await operations.find(id);
  return !now || isSettled(now.record, now.requests);
}

/** Becomes the owner and runs the operation to its end: finished steps are skipped, what was sent is looked for. */
async function takeOver<P>(
  bot: BotContext<P>,
  { record, rev }: StoredOperation,
  lock: Lock | undefined,
): Promise<void> {
  const { operations, locks } = bot.stores;
  const since = lock?.since ?? record.startedAt ?? record.createdAt;
  // A new owner even where this process began it: then what is left of that run has lost its lease as any other has.
  const mine = createLock(bot, record, { caller: lock?.caller ?? record.caller, since });
  const won = lock
    ? await locks.renew(record.lock, mine, lock.owner)
    : (await locks.claim(record.lock, mine, 0)).won;
  if (!won) return;
  record.takenOver += 1;
  const next = await operations.save(record, rev);
  if (next === undefined) {
    // It ended meanwhile, and had let go of its lock.
    if (!lock) await locks.release(record.lock, record.id);
    return;
  }
  bot.log.warn({ operation: record.id, from: lock?.owner }, 'taking over an interrupted operation');
  const command = bot.catalog.find(record.command)?.command;
  const state = await runOperation({
    bot,
    command: command?.kind === 'change' ? command : undefined,
    record,
    rev: next,
    lock: mine,
    lockLost: lock === undefined,
    caller: record.caller,
  });
  if (state !== undefined) await beginNext(bot, record.id);
}
