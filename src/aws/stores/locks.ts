import { z } from 'zod';
import { UserError } from '../../core/reply/errors.ts';
import type { Ended, Lock, LockName, LockStore } from '../../stores/locks.ts';
import { operationStates } from '../../stores/operation-record.ts';
import { secondsAt, type Table, textOf } from './table.ts';

const keptMs = 30 * 24 * 60 * 60_000;

const person = z.object({ id: z.string(), name: z.string() });
const stored = z.object({
  operation: z.string(),
  command: z.string(),
  caller: person,
  since: z.number(),
  owner: z.string(),
  until: z.number(),
}) satisfies z.ZodType<Lock>;
const ended = z.object({
  operation: z.string(),
  command: z.string(),
  caller: person,
  state: z.enum(operationStates),
  did: z.string().optional(),
  at: z.number(),
}) satisfies z.ZodType<Ended>;

/** Locks as items: an environment's as `ENV#<env>`, which also keeps its last change, and that of a thing in it as `LOCK#<env>/<resource>`. */
export function createLockStore(table: Table): LockStore {
  const environments = table.items('ENV#');
  const resources = table.items('LOCK#');
  const place = ({ env, resource }: LockName) =>
    resource === undefined
      ? { items: environments, key: env }
      : { items: resources, key: `${env}/${resource}` };
  const set = [
    '#running = :running',
    '#operation = :operation',
    '#owner = :owner',
    '#until = :until',
    '#expires = :expires',
  ];
  const valuesOf = (held: Lock) => ({
    running: JSON.stringify(held),
    operation: held.operation,
    owner: held.owner,
    until: held.until,
    expires: secondsAt(held.until + keptMs),
  });

  async function holder(name: LockName): Promise<Lock | undefined> {
    const { items, key } = place(name);
    const running = textOf(await items.find(key), 'running');
    return running === undefined ? undefined : stored.parse(JSON.parse(running));
  }

  return {
    async claim(name, held, at) {
      const { items, key } = place(name);
      // Who holds it may let go between the refusal and the look.
      for (let round = 0; round < 3; round++) {
        const won = await items.write(key, {
          set,
          condition: 'attribute_not_exists(#running) OR #until <= :now',
          values: { ...valuesOf(held), now: at },
          operation: held.operation,
        });
        if (won) return { won: true };
        const other = await holder(name);
        if (other && other.until > at) {
          const own = other.operation === held.operation && other.owner === held.owner;
          return own ? { won: true } : { won: false, holder: other };
        }
      }
      throw new UserError('conflict', `${name.resource ?? name.env} is changing hands.`, {
        hint: 'Try again in a moment.',
      });
    },

    holder,

    renew(name, held, from) {
      const { items, key } = place(name);
      return items.write(key, {
        set,
        condition: '#owner = :from AND #operation = :operation',
        values: { ...valuesOf(held), from },
        operation: held.operation,
      });
    },

    async release(name, operation, how) {
      const { items, key } = place(name);
      const last = how && { last: JSON.stringify(how) };
      const whole = name.resource === undefined;
      await items.write(key, {
        set: last && whole ? ['#last = :last'] : [],
        also: 'REMOVE #running, #operation, #owner, #until',
        condition: '#operation = :operation',
        values: { operation, ...(whole && last) },
        operation,
      });
      if (last && !whole)
        await environments.write(name.env, { set: ['#last = :last'], values: last, operation });
    },

    async last(env) {
      const last = textOf(await environments.find(env), 'last');
      return last === undefined ? undefined : ended.parse(JSON.parse(last));
    },
  };
}
