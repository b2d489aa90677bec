import type { Vocabulary } from './arguments.ts';
import type { Command } from './command.ts';

const nothing: Vocabulary = { environments: [], defaultEnvironment: '', services: [] };

/**
 * What a word means to commands before anything is configured, such as `level`: an environment so called could not
 * be told from it, since closed words stand anywhere in a line.
 */
export function createMeaningOf<P>(commands: readonly Command<P>[]): (word: string) => string | undefined {
  const kinds = commands.flatMap(({ args }) => Object.values(args).map(({ kind }) => kind));
  const closed = kinds.filter((kind) => kind.closed);
  const names = new Set(
    commands.flatMap(({ name, aliases = [] }) =>
      [name, ...aliases.map((alias) => (typeof alias === 'string' ? alias : alias.words))].map(
        (words) => words.split(' ')[0] ?? words,
      ),
    ),
  );
  return (word) =>
    closed.find((kind) => kind.read(word, nothing) !== undefined)?.name ??
    (names.has(word) ? 'a command' : undefined);
}
