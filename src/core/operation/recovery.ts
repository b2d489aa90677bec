import type { BotContext } from '../context.ts';
import { deliver } from './delivery.ts';
import { runOperation } from './execute.ts';
import { createLease, graceMs, leaseMs } from './lease.ts';
import { endedOf } from './outcome.ts';
import { commandOf } from './planning.ts';
import { beginFollowUp } from './request.ts';

/** Looks once at every environment: finishes operations whose run died, here or elsewhere, and outcomes that were never delivered. */
export async function recoverOperations<P>(bot: BotContext<P>): Promise<void> {
  for (const env of bot.catalog.vocabulary.environments) {
    try {
      await takeOver(bot, env);
      await deliverLast(bot, env);
    } catch (error) {
      bot.log.error({ env, error }, 'looking for interrupted operations failed');
    }
  }
}

async function takeOver<P>(bot: BotContext<P>, env: string): Promise<void> {
  const { stores, clock, log } = bot;
  const lock = await stores.locks.holder({ env });
  const now = clock.now().getTime();
  // Its last request may still be under way until lease and longest request are over.
  if (!lock || now < lock.until + graceMs) return;
  const found = await stores.operations.find(lock.operation);
  if (found?.record.state !== 'running') {
    // Claimed and died before it began, or ended and died before it let go: then its end is still to be told.
    await stores.locks.release({ env }, lock.operation, found && endedOf(found.record));
    if (found?.record.endedAt !== undefined) await beginFollowUp(bot, found.record, found.record.asked);
    return;
  }
  // A new owner even where this process began it: then what is left of that run is ousted as any other is.
  const mine = { ...lock, owner: `${bot.owner}/${bot.newId()}`, until: now + leaseMs };
  if (!(await stores.locks.renew({ env }, mine, lock.owner))) return;
  const { record } = found;
  record.takenOver += 1;
  const rev = await stores.operations.save(record, found.rev);
  if (rev === undefined) return;
  log.warn({ operation: record.id, from: lock.owner }, 'taking over an interrupted operation');
  const state = await runOperation({
    bot,
    command: commandOf(bot, record),
    record,
    rev,
    lock: mine,
    caller: record.caller,
    posted: async () => undefined,
  });
  if (state !== undefined) await beginFollowUp(bot, record, record.asked);
}

async function deliverLast<P>(bot: BotContext<P>, env: string): Promise<void> {
  const last = await bot.stores.locks.last(env);
  const found = last && (await bot.stores.operations.find(last.operation));
  if (!last || !found || found.record.delivered || found.record.endedAt === undefined) return;
  // Whoever ended it is still trying; after that it is anyone's.
  if (bot.clock.now().getTime() < found.record.endedAt + leaseMs + graceMs) return;
  const lock = {
    operation: last.operation,
    command: last.command,
    caller: last.caller,
    since: last.at,
    owner: bot.owner,
    until: 0,
  };
  await deliver(createLease(bot.stores, found.record, found.rev, lock), bot);
}
