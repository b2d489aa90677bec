import type { Lock } from '../../stores/locks.ts';
import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Requests } from '../../stores/operations.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Caller } from '../access/caller.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { cardUsed, heldBy } from './busy.ts';

/** Another process took the operation over: this one must not touch anything of it again. */
export class LeaseLost extends Error {}

/** Longer than any request may take, so that nobody takes over while one is under way. */
export const leaseMs = 45_000;
/** What a taker waits on top of the lease: the longest request. */
export const graceMs = 15_000;

/** A lease from now, owned by this run alone: a second press in the same process must not pass for the first one asking again. */
export function createLock<P>(
  bot: Pick<BotContext<P>, 'owner' | 'newId' | 'clock'>,
  { id, command }: OperationRecord,
  { caller, since }: { caller: Pick<Caller, 'id' | 'name'>; since: number },
): Lock {
  return {
    operation: id,
    command,
    caller: { id: caller.id, name: caller.name },
    since,
    owner: `${bot.owner}/${bot.newId()}`,
    until: bot.clock.now().getTime() + leaseMs,
  };
}

/** Claims what the operation locks. Throws `UserError` conflict that says who holds it. */
export async function claimLock<P>(
  bot: BotContext<P>,
  record: OperationRecord,
  caller: Caller,
): Promise<Lock> {
  const { operations, locks } = bot.stores;
  const now = bot.clock.now().getTime();
  const lock = createLock(bot, record, { caller, since: now });
  // Listed before it holds anything: whatever ends this process, the operation is found.
  await operations.open(record.env, record.id);
  // `now` 0: a lease that ran out is not free, its operation waits to be taken over.
  const claim = await locks.claim(record.lock, lock, 0);
  if (claim.won) return lock;
  if (claim.holder.operation === record.id) throw cardUsed();
  await closeUnbegun(bot, record);
  throw heldBy(claim.holder, record.lock, bot);
}

/** Extends a lease before anything begins under it. Throws `UserError` conflict where it was lost meanwhile. */
export async function renewLock<P>(
  { stores: { locks }, clock }: BotContext<P>,
  { lock: name }: OperationRecord,
  lock: Lock,
): Promise<void> {
  lock.until = clock.now().getTime() + leaseMs;
  if (await locks.renew(name, lock, lock.owner)) return;
  throw new UserError('conflict', 'Not done: planning took so long that the lock was lost.', {
    hint: 'Nothing was changed. Ask again.',
  });
}

/** Gives back what was claimed for an operation that does not begin. What the store does not take now, recovery does later. */
export async function freeLock<P>(
  { stores: { operations, locks }, log }: BotContext<P>,
  { id, env, lock }: OperationRecord,
): Promise<void> {
  try {
    await locks.release(lock, id);
    await closeUnbegun({ stores: { operations } }, { id, env });
  } catch (error) {
    log.warn({ operation: id, error }, 'a lock waits to be freed');
  }
}

/** A card that was pressed twice may have run to its end meanwhile, and its outcome may be owed still. */
async function closeUnbegun(
  { stores: { operations } }: { stores: Pick<Stores, 'operations'> },
  { id, env }: Pick<OperationRecord, 'id' | 'env'>,
): Promise<void> {
  const state = (await operations.find(id))?.record.state;
  if (state === undefined || state === 'planned') await operations.close(env, id);
}

/** One process's ownership of a running operation: every write is a compare-and-set, every mutation follows a renewal. */
export interface Lease {
  readonly record: OperationRecord;
  /** Changes the record and stores it. Throws `LeaseLost` when it isn't ours any more. */
  write(change: (record: OperationRecord) => void): Promise<void>;
  /** Extends the lease. Throws `LeaseLost`. */
  renew(now: number): Promise<void>;
  requests(): Promise<Requests>;
}

export function createLease(
  { operations, locks }: Pick<Stores, 'operations' | 'locks'>,
  record: OperationRecord,
  rev: number,
  lock: Lock,
): Lease {
  let current = rev;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    record,
    write(change) {
      const turn = queue.then(async () => {
        change(record);
        const next = await operations.save(record, current);
        if (next === undefined) throw new LeaseLost(`operation ${record.id} was taken over`);
        current = next;
      });
      queue = turn.catch(() => undefined);
      return turn;
    },
    async renew(now) {
      lock.until = now + leaseMs;
      if (!(await locks.renew(record.lock, lock, lock.owner)))
        throw new LeaseLost(`operation ${record.id} lost its lock`);
    },
    async requests() {
      const found = await operations.find(record.id);
      if (!found) throw new LeaseLost(`operation ${record.id} is gone`);
      return found.requests;
    },
  };
}

/** Renews the lease while the operation runs, also between steps; `lost` is aborted when another process has it. */
export async function keepAlive<P>(
  lease: Lease,
  { clock }: Pick<BotContext<P>, 'clock'>,
  lost: AbortController,
): Promise<void> {
  while (!lost.signal.aborted) {
    try {
      await clock.sleep(leaseMs / 3, lost.signal);
      if (!lost.signal.aborted) await lease.renew(clock.now().getTime());
    } catch (error) {
      // A renewal that can't be asked for is asked for again; one that is refused ends us.
      if (error instanceof LeaseLost) lost.abort(error);
    }
  }
}
