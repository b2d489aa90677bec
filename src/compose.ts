import type { Aws } from './aws/aws.ts';
import type { Book } from './core/command/command.ts';
import type { Bare } from './core/dispatcher.ts';
import type { House, Log } from './core/context.ts';
import { createRegistry } from './core/command/catalog.ts';
import { commands } from './commands/index.ts';
import type { Config } from './config/config.ts';
import type { Ports } from './platform/platform.ts';

export interface Composition {
  house: House<Ports> | Bare<Ports>;
  /** Why there are only reads. */
  without?: string;
}

/** What differs between Slack and the terminal. */
type Surface = Pick<House<Ports>, 'board' | 'roster' | 'owner' | 'newId' | 'selfInstance'> & {
  log: Log;
  /** What is typed before a command. */
  prompt: string;
};

/** The machinery of one surface over AWS; without table or trail it is bare and only reads. */
export function compose(config: Config, aws: Aws, { prompt, ...surface }: Surface): Composition {
  const { settings, prices, vocabulary } = config;
  const { selfInstance, roster } = surface;
  const ports: Ports = { ...aws.ports, prices, settings: { ...settings, selfInstance }, roster };
  const book: Book<Ports> = { commands, vocabulary, prompt };
  const bare = { book, registry: createRegistry(commands), ports, clock: aws.clock, ...surface };
  const { operations, trail } = aws;
  if (!operations || !trail) {
    const missing = [...(operations ? [] : ['table']), ...(trail ? [] : ['trail'])].join(' and ');
    return { house: bare, without: `d2.yaml names no ${missing}` };
  }
  return {
    house: { ...bare, operations, trail, protectedEnvironments: settings.protectedEnvironments },
  };
}
