import { type Action, type Invocation, invoke } from '../reply/actions.ts';
import type { Value, Vocabulary } from './arguments.ts';
import type { Command, Purpose } from './command.ts';

/** A command as one of its names calls it, with the arguments that the name already says. */
export interface CatalogEntry<P> {
  command: Command<P>;
  preset: Readonly<Record<string, Value>>;
}

/** Every command under all its names, and the configured words that they are typed with. */
export interface Catalog<P> {
  commands: readonly Command<P>[];
  vocabulary: Vocabulary;
  /** What is typed before a command: `/d2` in Slack, `d2` in the terminal. */
  prompt: string;
  /** By name or alias, lower case, one space between words. */
  find(name: string): CatalogEntry<P> | undefined;
  names(): Iterable<string>;
  /** The commands of a family: `pm2` → `pm2 list`, `pm2 show` … */
  family(word: string): readonly Command<P>[];
  /** The command that declares this purpose, if one does. */
  serving(purpose: Purpose): Command<P> | undefined;
  /** Its button; none where no command declares the purpose. */
  button(purpose: Purpose, label: string, args?: Invocation['args']): Action[];
}

/** Throws when two commands claim the same words or purpose: a fault of the program, found at start. */
export function createCatalog<P>(
  commands: readonly Command<P>[],
  { vocabulary, prompt }: Pick<Catalog<P>, 'vocabulary' | 'prompt'>,
): Catalog<P> {
  const entries = new Map<string, CatalogEntry<P>>();
  const families = new Map<string, Command<P>[]>();
  const purposes = new Map<Purpose, Command<P>>();
  const add = (name: string, entry: CatalogEntry<P>) => {
    if (entries.has(name)) throw new Error(`two commands are called "${name}"`);
    entries.set(name, entry);
  };
  for (const command of commands) {
    add(command.name, { command, preset: {} });
    for (const alias of command.aliases ?? []) {
      if (typeof alias === 'string') add(alias, { command, preset: {} });
      else add(alias.words, { command, preset: alias.args });
    }
    if (command.purpose) {
      if (purposes.has(command.purpose)) throw new Error(`two commands serve as ${command.purpose}`);
      purposes.set(command.purpose, command);
    }
    const [first, second] = command.name.split(' ');
    if (first && second) families.set(first, [...(families.get(first) ?? []), command]);
  }
  return {
    commands,
    vocabulary,
    prompt,
    find: (name) => entries.get(name),
    names: () => entries.keys(),
    family: (word) => families.get(word) ?? [],
    serving: (purpose) => purposes.get(purpose),
    button(purpose, label, args) {
      const command = purposes.get(purpose);
      return command ? [invoke(label, command.name, args)] : [];
    },
  };
}

/** The environment that arguments name, or the one that is meant without a word. */
export const environmentOf = (
  args: Invocation['args'],
  { vocabulary }: { vocabulary: Pick<Vocabulary, 'defaultEnvironment'> },
): string => String(args.env ?? vocabulary.defaultEnvironment);
