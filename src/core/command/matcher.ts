import { type Action, invoke } from '../reply/actions.ts';
import { UserError } from '../reply/errors.ts';
import { isWordOf } from './arguments.ts';
import { bindArguments } from './binder.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import type { Command } from './command.ts';
import { nearest } from './nearest.ts';
import type { Token } from './tokenizer.ts';

/** The command in a line, wherever closed words such as `prod` stand before it. Throws a did-you-mean when there is none. */
export function matchCommand<P>(
  tokens: Token[],
  catalog: Catalog<P>,
): { entry: CatalogEntry<P>; rest: Token[] } {
  const isClosed = (token: Token | undefined) =>
    token !== undefined &&
    catalog.commands.some((command) =>
      Object.values(command.args).some(({ kind }) => isWordOf(kind, token.word, catalog.vocabulary)),
    );
  for (let i = 0; i < tokens.length; i++) {
    const first = tokens[i]?.word ?? '';
    for (let j = i + 1; j < tokens.length; j++) {
      const entry = catalog.find(`${first} ${tokens[j]?.word}`);
      if (entry) return { entry, rest: tokens.filter((_, k) => k !== i && k !== j) };
      if (!isClosed(tokens[j])) break;
    }
    const entry = catalog.find(first);
    if (entry) return { entry, rest: tokens.filter((_, k) => k !== i) };
    if (!isClosed(tokens[i])) break;
  }
  throw unknownCommand(tokens, catalog);
}

function unknownCommand<P>(tokens: Token[], catalog: Catalog<P>): UserError {
  const first = tokens[0]?.word ?? '';
  const family = catalog.family(first);
  if (family.length > 0 && tokens.length === 1) {
    return new UserError('usage', `${first} what?`, {
      hint: `One of: ${family.map((command) => command.name.slice(first.length + 1)).join(', ')}.`,
      actions: family.slice(0, 5).flatMap((command) => offer(command, [], catalog)),
    });
  }
  const two = tokens
    .slice(0, 2)
    .map((token) => token.word)
    .join(' ');
  const near =
    (tokens.length > 1
      ? nearest(
          two,
          [...catalog.names()].filter((name) => name.includes(' ')),
        )
      : undefined) ?? nearest(first, catalog.names());
  const entry = near === undefined ? undefined : catalog.find(near);
  const shown = first.length > 40 ? `${first.slice(0, 40)}…` : first;
  if (!entry || near === undefined) {
    const hint =
      family.length > 0
        ? `${first} knows: ${family.map((command) => command.name.slice(first.length + 1)).join(', ')}.`
        : 'Help lists what there is.';
    return new UserError('usage', `There is no command "${family.length > 0 ? two.slice(0, 60) : shown}".`, {
      hint,
      actions: catalog.button('explain', 'Help'),
    });
  }
  const rest = tokens.slice(near.split(' ').length);
  return new UserError(
    'usage',
    `There is no command "${near.includes(' ') ? two.slice(0, 60) : shown}". Did you mean ${near}?`,
    {
      hint: 'Nothing was run.',
      actions: [...offer(entry.command, rest, catalog, entry), ...catalog.button('explain', 'Help')],
    },
  );
}

/** The near miss as a button, with what else was typed where that fits. */
function offer<P>(
  command: Command<P>,
  rest: Token[],
  catalog: Catalog<P>,
  entry: CatalogEntry<P> = { command, preset: {} },
): Action[] {
  try {
    const args = bindArguments(entry, rest, catalog);
    const said = Object.entries(args).filter(
      ([name, value]) => command.args[name]?.options.fallback !== value,
    );
    const label = [command.name, ...said.map(([, value]) => String(value))].join(' ').slice(0, 70);
    return [invoke(label, command.name, args)];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return command.purpose === 'explain'
      ? []
      : catalog.button('explain', `Help for ${command.name}`, { command: command.name });
  }
}
