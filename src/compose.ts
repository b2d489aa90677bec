import type { Aws } from './aws/aws.ts';
import type { Config } from './config/config.ts';
import { createCircuitBreaker } from './core/circuit-breaker.ts';
import type { Catalog } from './core/command/catalog.ts';
import type { BotContext, Log, ReadOnlyContext } from './core/context.ts';
import { logBugs, UserError } from './core/reply/errors.ts';
import type { Environment } from './platform/environment.ts';
import type { Platform } from './platform/platform.ts';
import { createQuickStores } from './stores/quick-stores.ts';

export interface Composition {
  bot: BotContext<Platform> | ReadOnlyContext<Platform>;
  /** Why there are only reads. */
  without?: string;
}

/** The `Service` tag of the bot's own instances. */
const ownService = 'chatops';

/** What differs between Slack and the terminal. */
type Surface = Pick<BotContext<Platform>, 'progress' | 'roleDirectory' | 'owner' | 'newId'> & {
  /** The instance that the bot runs on, if any. */
  selfInstance: string | undefined;
  log: Log;
  catalog: Catalog<Platform>;
};

/** The machinery of one surface over AWS; without table or trail it is bare and only reads. */
export function compose(
  config: Config,
  aws: Pick<Aws, 'clock' | 'stores' | 'audit' | 'environment'>,
  { selfInstance, ...surface }: Surface,
): Composition {
  const { vocabulary, timezone } = config;
  const { roleDirectory, log } = surface;
  logBugs(log);
  const environments = new Map<string, Environment>();
  const { clock, stores, audit } = aws;
  const platform: Platform = {
    clock,
    roleDirectory,
    timezone,
    stores: stores && createQuickStores(stores, createCircuitBreaker('The bot’s table')),
    environment(name) {
      const known = environments.get(name);
      if (known) return known;
      const own = config.environments.get(name);
      if (!own) {
        throw new UserError('not-found', `d2.yaml names no environment ${name}.`, {
          hint: `It names ${vocabulary.environments.join(', ')}.`,
        });
      }
      const environment = { ...aws.environment({ ...own.settings, selfInstance }), prices: own.prices };
      environments.set(name, environment);
      return environment;
    },
  };
  const bare = {
    platform,
    clock,
    ...surface,
  };
  if (!stores || !audit) {
    const missing = [...(stores ? [] : ['table']), ...(audit ? [] : ['trail'])].join(' and ');
    return { bot: bare, without: `d2.yaml names no ${missing}` };
  }
  return {
    bot: {
      ...bare,
      stores,
      audit,
      protectedEnvironments: [...config.environments.values()]
        .map(({ settings }) => settings)
        .filter((settings) => settings.protected)
        .map(({ name }) => name),
      isOwn: ({ id, service }) => service === ownService || id === selfInstance,
    },
  };
}
