import type { Hold, OperationRecord, Operations, Requests } from './record.ts';

/** Another process took the operation over: this one must not touch anything of it again. */
export class Ousted extends Error {}

/** Longer than any request may take, so that nobody takes over while one is under way. */
export const leaseMs = 45_000;
/** What a taker waits on top of the lease: the longest request. */
export const graceMs = 15_000;

/** One process's ownership of a running operation: every write is a compare-and-set, every mutation follows a renewal. */
export interface Tenure {
  readonly record: OperationRecord;
  /** Changes the record and stores it. Throws `Ousted` when it isn't ours any more. */
  write(change: (record: OperationRecord) => void): Promise<void>;
  /** Extends the lease. Throws `Ousted`. */
  renew(now: number): Promise<void>;
  requests(): Promise<Requests>;
}

export function createTenure(
  operations: Operations,
  record: OperationRecord,
  rev: number,
  hold: Hold,
): Tenure {
  let current = rev;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    record,
    write(change) {
      const turn = queue.then(async () => {
        change(record);
        const next = await operations.save(record, current);
        if (next === undefined) throw new Ousted(`operation ${record.id} was taken over`);
        current = next;
      });
      queue = turn.catch(() => undefined);
      return turn;
    },
    async renew(now) {
      hold.until = now + leaseMs;
      if (!(await operations.renew(record.env, hold, hold.owner)))
        throw new Ousted(`operation ${record.id} lost its environment`);
    },
    async requests() {
      const found = await operations.find(record.id);
      if (!found) throw new Ousted(`operation ${record.id} is gone`);
      return found.requests;
    },
  };
}
