import type { Lock } from '../../stores/locks.ts';
import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Requests } from '../../stores/operations.ts';
import type { Stores } from '../../stores/stores.ts';

/** Another process took the operation over: this one must not touch anything of it again. */
export class LeaseLost extends Error {}

/** Longer than any request may take, so that nobody takes over while one is under way. */
export const leaseMs = 45_000;
/** What a taker waits on top of the lease: the longest request. */
export const graceMs = 15_000;

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
        throw new LeaseLost(`operation ${record.id} lost its environment`);
    },
    async requests() {
      const found = await operations.find(record.id);
      if (!found) throw new LeaseLost(`operation ${record.id} is gone`);
      return found.requests;
    },
  };
}
