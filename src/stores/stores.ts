import type { Deduplication } from './deduplication.ts';
import type { LockStore } from './locks.ts';
import type { OperationStore } from './operations.ts';
import type { ReplyStore } from './replies.ts';
import type { Timings } from './timings.ts';

/** All that the bot keeps, outside itself: it may run as several replicas, and nothing is lost when one dies. */
export interface Stores {
  operations: OperationStore;
  locks: LockStore;
  deduplication: Deduplication;
  replies: ReplyStore;
  timings: Timings;
}
