import type { LockName } from '../../stores/locks.ts';
import type { Stores } from '../../stores/stores.ts';

/** A change that holds a lock now. */
export interface UnderWay {
  operation: string;
  command: string;
  caller: { id: string; name: string };
  lock: LockName;
  /** ms since the epoch. */
  since: number;
}

/** Every change that is under way in an environment, oldest first, whatever it locks. */
export async function listUnderWay(
  { operations, locks }: Pick<Stores, 'operations' | 'locks'>,
  env: string,
): Promise<UnderWay[]> {
  const [holder, open] = await Promise.all([locks.holder({ env }), operations.listOpen(env)]);
  const others = await Promise.all(
    open
      .filter((id) => id !== holder?.operation)
      .map(async (id): Promise<UnderWay[]> => {
        const record = (await operations.find(id))?.record;
        if (record?.state !== 'running') return [];
        const { command, caller, lock, startedAt, createdAt } = record;
        return [{ operation: id, command, caller, lock, since: startedAt ?? createdAt }];
      }),
  );
  return [...(holder ? [{ ...holder, lock: { env } }] : []), ...others.flat()].sort(
    (one, other) => one.since - other.since,
  );
}
