import { z } from 'zod';
import type { Timings } from '../../stores/timings.ts';
import { type Item, numberOf, type Table, textOf } from './table.ts';

const remembered = 9;
const seconds = z.record(z.string(), z.array(z.number()));

/** Times as items `USUAL#<env>`. */
export function createTimings(table: Table): Timings {
  const times = table.items('USUAL#');
  return {
    usual: async (env) => timesOf(await times.find(env)),

    async learn(env, step, took) {
      // Others learn at the same time; what is lost after five rounds is one figure of a median.
      for (let round = 0; round < 5; round++) {
        const item = await times.find(env);
        const known = timesOf(item);
        const doc = JSON.stringify({ ...known, [step]: [...(known[step] ?? []), took].slice(-remembered) });
        const rev = numberOf(item, 'rev');
        const learnt = await times.write(env, {
          set: ['#doc = :doc', '#rev = :rev'],
          condition: item ? '#rev = :from' : 'attribute_not_exists(#rev)',
          values: { doc, rev: rev + 1, ...(item && { from: rev }) },
        });
        if (learnt) return;
      }
    },
  };
}

function timesOf(item: Item | undefined): Record<string, number[]> {
  return seconds.parse(JSON.parse(textOf(item, 'doc') ?? '{}'));
}
