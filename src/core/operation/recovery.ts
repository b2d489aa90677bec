import { commandOf } from './planning.ts';
import { beginWhatWasQueued } from './request.ts';
import { deliver } from './delivery.ts';
import type { House } from '../context.ts';
import { endedOf } from './record.ts';
import { runOperation } from './execute.ts';
import { createTenure, graceMs, leaseMs } from './lease.ts';

/** Looks once at every environment: finishes operations whose run died, here or elsewhere, and outcomes that were never delivered. */
export async function takeOverOrphans<P>(house: House<P>): Promise<void> {
  for (const env of house.book.vocabulary.environments) {
    try {
      await takeOver(house, env);
      await deliverLast(house, env);
    } catch (error) {
      house.log.error({ env, error }, 'looking for interrupted operations failed');
    }
  }
}

async function takeOver<P>(house: House<P>, env: string): Promise<void> {
  const { operations, clock, log } = house;
  const hold = await operations.holder(env);
  const now = clock.now().getTime();
  // Its last request may still be under way until lease and longest request are over.
  if (!hold || now < hold.until + graceMs) return;
  const found = await operations.find(hold.operation);
  if (found?.record.state !== 'running') {
    // Claimed and died before it began, or ended and died before it let go: then its end is still to be told.
    await operations.release(env, hold.operation, found && endedOf(found.record));
    if (found?.record.endedAt !== undefined)
      await beginWhatWasQueued(house, found.record, found.record.asked);
    return;
  }
  // A new owner even where this process began it: then what is left of that run is ousted as any other is.
  const mine = { ...hold, owner: `${house.owner}/${house.newId()}`, until: now + leaseMs };
  if (!(await operations.renew(env, mine, hold.owner))) return;
  const { record } = found;
  record.takenOver += 1;
  const rev = await operations.save(record, found.rev);
  if (rev === undefined) return;
  log.warn({ operation: record.id, from: hold.owner }, 'taking over an interrupted operation');
  const state = await runOperation({
    house,
    command: commandOf(house, record),
    record,
    rev,
    hold: mine,
    caller: record.caller,
    posted: async () => undefined,
  });
  if (state !== undefined) await beginWhatWasQueued(house, record, record.asked);
}

async function deliverLast<P>(house: House<P>, env: string): Promise<void> {
  const last = await house.operations.last(env);
  const found = last && (await house.operations.find(last.operation));
  if (!last || !found || found.record.delivered || found.record.endedAt === undefined) return;
  // Whoever ended it is still trying; after that it is anyone's.
  if (house.clock.now().getTime() < found.record.endedAt + leaseMs + graceMs) return;
  const hold = {
    operation: last.operation,
    command: last.command,
    caller: last.caller,
    since: last.at,
    owner: house.owner,
    until: 0,
  };
  await deliver(createTenure(house.operations, found.record, found.rev, hold), house);
}
