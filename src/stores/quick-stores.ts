import type { Soon } from '../core/circuit-breaker.ts';
import type { Stores } from './stores.ts';

/** The stores for what only looks: a table that is silent holds nobody up. What writes is as patient as before. */
export function createQuickStores(stores: Stores, soon: Soon): Stores {
  const { operations, locks, timings } = stores;
  return {
    ...stores,
    operations: {
      ...operations,
      find: (id) => soon(() => operations.find(id)),
      listOpen: (env) => soon(() => operations.listOpen(env)),
    },
    locks: {
      ...locks,
      holder: (name) => soon(() => locks.holder(name)),
      last: (env) => soon(() => locks.last(env)),
    },
    timings: { ...timings, usual: (env) => soon(() => timings.usual(env)) },
  };
}
