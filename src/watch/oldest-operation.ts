import type { BotContext } from '../core/context.ts';

type Watched<P> = Pick<BotContext<P>, 'catalog' | 'stores' | 'clock' | 'log'>;

/**
 * Logs one line, `watch`, with the age in seconds of the oldest operation that is still open, 0 where none is.
 * The bot's alarms count on it: no line means that the bot is down, or that it can't read its table.
 */
export async function logOldestOperation<P>({ catalog, stores, clock, log }: Watched<P>): Promise<void> {
  const locks = await Promise.all(catalog.vocabulary.environments.map((env) => stores.locks.holder({ env })));
  const now = clock.now().getTime();
  const ages = locks.flatMap((lock) => (lock ? [now - lock.since] : []));
  log.info({ oldestOpenSeconds: Math.max(0, ...ages.map((age) => Math.round(age / 1_000))) }, 'watch');
}
