import type { Invocation } from '../reply/actions.ts';
import { UserError } from '../reply/errors.ts';
import { Binder, bindArguments } from './binder.ts';
import type { Catalog } from './catalog.ts';
import type { Command, Purpose } from './command.ts';
import { matchCommand } from './matcher.ts';
import { tokenize } from './tokenizer.ts';

export interface Parsed<P> {
  command: Command<P>;
  args: Invocation['args'];
}

/** A typed line as a command and its arguments. Throws `UserError` usage that names the next step. */
export function parse<P>(line: string, catalog: Catalog<P>): Parsed<P> {
  const tokens = tokenize(line);
  if (tokens.length === 0) return serve('welcome', {}, catalog);
  const helpAt = tokens.findIndex(
    (token) => !token.quoted && (token.word === '--help' || token.word === '-h' || token.word === '--h'),
  );
  if (helpAt >= 0) tokens.splice(helpAt, 1);
  if (helpAt >= 0 && tokens.length === 0) return serve('explain', {}, catalog);
  const { entry, rest } = matchCommand(tokens, catalog);
  if (helpAt >= 0) return serve('explain', { command: entry.command.name }, catalog);
  return { command: entry.command, args: bindArguments(entry, rest, catalog) };
}

function serve<P>(purpose: Purpose, args: Invocation['args'], catalog: Catalog<P>): Parsed<P> {
  const command = catalog.serving(purpose);
  if (command) return invocationOf({ command: command.name, args }, catalog);
  throw new UserError('usage', `Nothing was asked. Commands: ${[...catalog.names()].join(', ')}.`);
}

/** A button's invocation, read as if its words had been typed: every value passes its argument's own check. */
export function invocationOf<P>(invocation: Invocation, catalog: Catalog<P>): Parsed<P> {
  const entry = catalog.find(invocation.command);
  if (!entry || entry.command.name !== invocation.command) {
    throw new UserError('usage', `There is no command "${invocation.command.slice(0, 40)}" any more.`, {
      actions: catalog.button('explain', 'Help'),
    });
  }
  const reading = new Binder(entry, catalog);
  for (const [name, value] of Object.entries(invocation.args)) reading.named(name, String(value));
  return { command: entry.command, args: reading.finish() };
}
