import type { Clock } from '../../core/clock.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Clients } from '../client/clients.ts';
import { createDeduplication } from './deduplication.ts';
import { createLockStore } from './locks.ts';
import { createOperationStore } from './operations.ts';
import { createReplyStore } from './replies.ts';
import { createTable } from './table.ts';
import { createTimings } from './timings.ts';

interface StoresOptions {
  clients: Clients;
  /** The table's name. */
  table: string;
  clock: Clock;
}

/** All that the bot keeps, in one DynamoDB table. */
export function createStores({ clients, table: name, clock }: StoresOptions): Stores {
  const table = createTable({ clients, table: name });
  return {
    operations: createOperationStore(table, clock),
    locks: createLockStore(table),
    deduplication: createDeduplication(table, clock),
    replies: createReplyStore(table, clock),
    timings: createTimings(table),
  };
}
