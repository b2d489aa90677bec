import type { BotContext } from '../core/context.ts';
import { listUnderWay } from '../core/operation/under-way.ts';

type Watched<P> = Pick<BotContext<P>, 'catalog' | 'stores' | 'clock' | 'log'>;

/**
 * Logs one line, `watch`, with the age in seconds of the oldest operation that is still open, 0 where none is.
 * The bot's alarms count on it: no line means that the bot is down, or that it can't read its table.
 */
export async function logOldestOperation<P>({ catalog, stores, clock, log }: Watched<P>): Promise<void> {
  const underWay = await Promise.all(catalog.vocabulary.environments.map((env) => listUnderWay(stores, env)));
  const now = clock.now().getTime();
  const ages = underWay.flat().map(({ since }) => Math.round((now - since) / 1_000));
  log.info({ oldestOpenSeconds: Math.max(0, ...ages) }, 'watch');
}
