import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { UserError } from '../../core/reply/errors.ts';
import {
  type OperationRecord,
  readRecord,
  recordVersion,
  writeRecord,
} from '../../stores/operation-record.ts';
import type { OperationStore, Requester, Requests } from '../../stores/operations.ts';
import { type Item, numberOf, secondsAt, setOf, type Table, textOf } from './table.ts';

const dayMs = 24 * 60 * 60_000;
const requester = z.object({
  id: z.string(),
  name: z.string(),
  surface: z.enum(['slack', 'terminal']).default('slack'),
  place: z.string().optional(),
});

/** Operations as items `OP#<id>`, and the ids of the open ones as `OPEN#<env>`. */
export function createOperationStore(table: Table, clock: Clock): OperationStore {
  const records = table.items('OP#', recordVersion);
  const open = table.items('OPEN#');
  const set = ['#rev = :rev', '#doc = :doc', '#state = :state', '#expires = :expires'];
  const valuesOf = (record: OperationRecord, rev: number) => ({
    rev,
    doc: writeRecord(record),
    state: record.state,
    expires: secondsAt(
      record.state === 'planned' ? record.expiresAt + dayMs : clock.now().getTime() + 30 * dayMs,
    ),
  });

  return {
    async create(record) {
      const created = await records.write(record.id, {
        set,
        condition: 'attribute_not_exists(#pk)',
        values: valuesOf(record, 1),
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
      const item = await records.find(id);
      const doc = textOf(item, 'doc');
      if (!item || doc === undefined) return undefined;
      return { record: readRecord(doc), rev: numberOf(item, 'rev'), requests: requestsOf(item) };
    },

    async save(record, rev) {
      const saved = await records.write(record.id, {
        set,
        condition: '#rev = :from',
        values: { ...valuesOf(record, rev + 1), from: rev },
        operation: record.id,
      });
      return saved ? rev + 1 : undefined;
    },

    async request(id, { cancel, tell, follow }) {
      const unended = '#state IN (:planned, :running)';
      return records.write(id, {
        set: [
          ...(cancel === undefined ? [] : ['#cancel = if_not_exists(#cancel, :cancel)']),
          ...(follow ? ['#follow = :follow'] : []),
        ],
        ...(tell && { also: 'ADD #tell :tell' }),
        condition: follow ? `${unended} AND attribute_not_exists(#follow)` : unended,
        values: {
          planned: 'planned',
          running: 'running',
          ...(cancel !== undefined && { cancel }),
          ...(tell && { tell: new Set([JSON.stringify(tell)]) }),
          ...(follow && { follow: JSON.stringify(follow) }),
        },
        mark: 'askedBy',
        beside: true,
        operation: id,
      });
    },

    async open(env, id) {
      await open.write(env, { also: 'ADD #ids :ids', values: { ids: new Set([id]) }, operation: id });
    },

    async close(env, id) {
      await open.write(env, { also: 'DELETE #ids :ids', values: { ids: new Set([id]) }, operation: id });
    },

    listOpen: async (env) => setOf(await open.find(env), 'ids'),
  };
}

function requestsOf(item: Item): Requests {
  const cancel = textOf(item, 'cancel');
  const follow = textOf(item, 'follow');
  return {
    tell: setOf(item, 'tell').map(requesterOf),
    ...(cancel !== undefined && { cancel }),
    ...(follow !== undefined && { follow: requesterOf(follow) }),
  };
}

/** Before version 3 of the record whoever was to be told stood there as an id of Slack's. */
function requesterOf(stored: string): Requester {
  return stored.startsWith('{')
    ? requester.parse(JSON.parse(stored))
    : { id: stored, name: stored, surface: 'slack' };
}
