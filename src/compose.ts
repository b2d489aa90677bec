import type { Aws } from './aws/ports.ts';
import type { Book } from './bot/command.ts';
import type { Bare } from './bot/dispatch.ts';
import type { House, Log } from './bot/house.ts';
import { createRegistry } from './bot/registry.ts';
import { commands } from './commands/index.ts';
import type { Config } from './config.ts';
import type { Ports } from './ports.ts';

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
