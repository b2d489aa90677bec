import { setTimeout as delay } from 'node:timers/promises';
import type { BotContext } from '../core/context.ts';
import { recoverOperations } from '../core/operation/recovery.ts';
import { logOldestOperation } from './oldest-operation.ts';

const recoverEveryMs = 15_000;
const measureEveryMs = 60_000;

/** What the bot looks for unasked, until `stop`; that resolves when no look is under way any more. */
export function startWatching<P>(bot: BotContext<P>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const repeat = async (everyMs: number, what: string, look: () => Promise<void>): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Not waited for: a look that runs an operation to its end takes minutes, and others wait to be looked after.
      const looking = look()
        .catch((error: unknown) => bot.log.error({ error }, `${what} failed`))
        .finally(() => underWay.delete(looking));
      underWay.add(looking);
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const looks = Promise.all([
    repeat(recoverEveryMs, 'looking for interrupted operations', () => recoverOperations(bot)),
    repeat(measureEveryMs, 'looking for the oldest open operation', () => logOldestOperation(bot)),
  ]);
  return {
    async stop() {
      stopping.abort();
      await looks;
      await Promise.all(underWay);
    },
  };
}
