import { z } from 'zod';
import type { OperationStore } from '../../core/operation/record.ts';
import { type Item, numberOf, type Table, textOf } from './table.ts';

const remembered = 9;
const seconds = z.record(z.string(), z.array(z.number()));

/** How long steps took of late, in seconds, so that a waiting person learns what is usual. */
export function createTimings(table: Table): Pick<OperationStore, 'usual' | 'learn'> {
  return {
    usual: async (env) => timesOf(await table.find(`USUAL#${env}`)),

    async learn(env, step, took) {
      // Others learn at the same time; what is lost after five rounds is one figure of a median.
      for (let round = 0; round < 5; round++) {
        const item = await table.find(`USUAL#${env}`);
        const times = timesOf(item);
        const doc = JSON.stringify({ ...times, [step]: [...(times[step] ?? []), took].slice(-remembered) });
        const rev = numberOf(item, 'rev');
        const learnt = await table.write(`USUAL#${env}`, {
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
