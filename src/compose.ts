import type { Aws } from './aws/aws.ts';
import { commands } from './commands/index.ts';
import type { Config } from './config/config.ts';
import { createCatalog } from './core/command/catalog.ts';
import type { BotContext, Log } from './core/context.ts';
import type { ReadOnlyContext } from './core/dispatcher.ts';
import type { Platform } from './platform/platform.ts';

export interface Composition {
  bot: BotContext<Platform> | ReadOnlyContext<Platform>;
  /** Why there are only reads. */
  without?: string;
}

/** What differs between Slack and the terminal. */
type Surface = Pick<
  BotContext<Platform>,
  'progress' | 'roleDirectory' | 'owner' | 'newId' | 'selfInstance'
> & {
  log: Log;
  /** What is typed before a command. */
  prompt: string;
};

/** The machinery of one surface over AWS; without table or trail it is bare and only reads. */
export function compose(config: Config, aws: Aws, { prompt, ...surface }: Surface): Composition {
  const { settings, prices, vocabulary } = config;
  const { selfInstance, roleDirectory } = surface;
  const platform: Platform = {
    ...aws.platform,
    prices,
    settings: { ...settings, selfInstance },
    roleDirectory,
  };
  const bare = {
    catalog: createCatalog(commands, { vocabulary, prompt }),
    platform,
    clock: aws.clock,
    ...surface,
  };
  const { stores, audit } = aws;
  if (!stores || !audit) {
    const missing = [...(stores ? [] : ['table']), ...(audit ? [] : ['trail'])].join(' and ');
    return { bot: bare, without: `d2.yaml names no ${missing}` };
  }
  return {
    bot: { ...bare, stores, audit, protectedEnvironments: settings.protectedEnvironments },
  };
}
