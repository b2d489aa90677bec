import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import {
  type Ended,
  type EnvironmentLock,
  type OperationRecord,
  type OperationStore,
  operationRecord,
  operationStates,
  type Requests,
} from '../../core/operation/record.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Clients } from '../client/clients.ts';
import { createTable, type Item, numberOf, textOf } from './table.ts';
import { createTimings } from './timings.ts';

interface StoreOptions {
  clients: Clients;
  table: string;
  clock: Clock;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const rememberMs = 10 * minuteMs;
/** DynamoDB takes items up to 400 KB. */
const largestReply = 350_000;

const person = z.object({ id: z.string(), name: z.string() });
const lock = z.object({
  operation: z.string(),
  command: z.string(),
  caller: person,
  since: z.number(),
  owner: z.string(),
  until: z.number(),
}) satisfies z.ZodType<EnvironmentLock>;
const ended = z.object({
  operation: z.string(),
  command: z.string(),
  caller: person,
  state: z.enum(operationStates),
  at: z.number(),
}) satisfies z.ZodType<Ended>;

/**
 * Operations in one DynamoDB table, as items `OP#<id>`, `ENV#<env>`, `SEEN#<key>`, `REPLY#<id>` and `USUAL#<env>`.
 * Conditions compare `until`; DynamoDB's TTL, hours late at times, only clears away by `expires` what is long over.
 */
export function createOperationStore({ clients, table: name, clock }: StoreOptions): OperationStore {
  const table = createTable({ clients, table: name });
  const now = () => clock.now().getTime();
  const secondsAt = (ms: number) => Math.ceil(ms / 1_000);
  const recordValues = (record: OperationRecord, rev: number) => ({
    rev,
    doc: JSON.stringify(record),
    state: record.state,
    expires: secondsAt(record.state === 'planned' ? record.expiresAt + dayMs : now() + 30 * dayMs),
  });
  const recordSet = ['#rev = :rev', '#doc = :doc', '#state = :state', '#expires = :expires'];
  const lockSet = [
    '#running = :running',
    '#operation = :operation',
    '#owner = :owner',
    '#until = :until',
    '#expires = :expires',
  ];
  const lockValues = (held: EnvironmentLock) => ({
    running: JSON.stringify(held),
    operation: held.operation,
    owner: held.owner,
    until: held.until,
    expires: secondsAt(held.until + 30 * dayMs),
  });

  async function holder(env: string): Promise<EnvironmentLock | undefined> {
    const running = textOf(await table.find(`ENV#${env}`), 'running');
    return running === undefined ? undefined : lock.parse(JSON.parse(running));
  }

  return {
    async create(record) {
      const created = await table.write(`OP#${record.id}`, {
        set: recordSet,
        condition: 'attribute_not_exists(#pk)',
        values: recordValues(record, 1),
        operation: record.id,
      });
      if (!created) {
        throw new UserError('conflict', `Operation ${record.id} was recorded before.`, {
          hint: 'Ask again: that makes a new one.',
        });
      }
      return 1;
    },

    async find(id) {
      const item = await table.find(`OP#${id}`);
      const doc = textOf(item, 'doc');
      if (!item || doc === undefined) return undefined;
      const record = operationRecord.parse(JSON.parse(doc));
      return { record, rev: numberOf(item, 'rev'), requests: requestsOf(item) };
    },

    async save(record, rev) {
      const saved = await table.write(`OP#${record.id}`, {
        set: recordSet,
        condition: '#rev = :from',
        values: { ...recordValues(record, rev + 1), from: rev },
        operation: record.id,
      });
      return saved ? rev + 1 : undefined;
    },

    async request(id, { cancel, tell, follow }) {
      const open = '#state IN (:planned, :running)';
      return table.write(`OP#${id}`, {
        set: [
          ...(cancel === undefined ? [] : ['#cancel = if_not_exists(#cancel, :cancel)']),
          ...(follow ? ['#follow = :follow'] : []),
        ],
        ...(tell !== undefined && { also: 'ADD #tell :tell' }),
        condition: follow ? `${open} AND attribute_not_exists(#follow)` : open,
        values: {
          planned: 'planned',
          running: 'running',
          ...(cancel !== undefined && { cancel }),
          ...(tell !== undefined && { tell: new Set([tell]) }),
          ...(follow && { follow: JSON.stringify(follow) }),
        },
        mark: 'askedBy',
        operation: id,
      });
    },

    async claim(env, held, at) {
      // Who holds it may let go between the refusal and the look.
      for (let round = 0; round < 3; round++) {
        const won = await table.write(`ENV#${env}`, {
          set: lockSet,
          condition: 'attribute_not_exists(#running) OR #until <= :now',
          values: { ...lockValues(held), now: at },
          operation: held.operation,
        });
        if (won) return { won: true };
        const other = await holder(env);
        if (other && other.until > at) {
          const own = other.operation === held.operation && other.owner === held.owner;
          return own ? { won: true } : { won: false, holder: other };
        }
      }
      throw new UserError('conflict', `${env} is changing hands.`, { hint: 'Try again in a moment.' });
    },

    holder,

    renew: (env, held, from) =>
      table.write(`ENV#${env}`, {
        set: lockSet,
        condition: '#owner = :from AND #operation = :operation',
        values: { ...lockValues(held), from },
        operation: held.operation,
      }),

    async last(env) {
      const last = textOf(await table.find(`ENV#${env}`), 'last');
      return last === undefined ? undefined : ended.parse(JSON.parse(last));
    },

    async release(env, operation, how) {
      await table.write(`ENV#${env}`, {
        set: how ? ['#last = :last'] : [],
        also: 'REMOVE #running, #operation, #owner, #until',
        condition: '#operation = :operation',
        values: { operation, ...(how && { last: JSON.stringify(how) }) },
        operation,
      });
    },

    async first(key) {
      const until = now() + rememberMs;
      return table.write(`SEEN#${key}`, {
        set: ['#until = :until', '#expires = :expires'],
        condition: 'attribute_not_exists(#until) OR #until <= :now',
        values: { until, expires: secondsAt(until + dayMs), now: now() },
      });
    },

    async keepReply(id, json) {
      // One too large to keep is run again when it is asked for.
      if (Buffer.byteLength(json) > largestReply) return;
      const until = now() + rememberMs;
      await table.write(`REPLY#${id}`, {
        set: ['#json = :json', '#until = :until', '#expires = :expires'],
        values: { json, until, expires: secondsAt(until + dayMs) },
        operation: id,
      });
    },

    async findReply(id) {
      const item = await table.find(`REPLY#${id}`);
      return numberOf(item, 'until') > now() ? textOf(item, 'json') : undefined;
    },

    ...createTimings(table),
  };
}

function requestsOf(item: Item): Requests {
  const cancel = textOf(item, 'cancel');
  const follow = textOf(item, 'follow');
  return {
    tell: Array.isArray(item.tell) ? item.tell.map(String) : [],
    ...(cancel !== undefined && { cancel }),
    ...(follow !== undefined && { follow: person.parse(JSON.parse(follow)) }),
  };
}
