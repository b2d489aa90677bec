import type { Book, Command } from './command.ts';
import { UserError } from '../reply/errors.ts';
import { findCommand } from './matcher.ts';
import { listen } from './tokenizer.ts';
import { Reading, readArguments } from './binder.ts';
import type { Registry } from './catalog.ts';
import type { Invocation } from '../reply/reply.ts';

export interface Parsed<P> {
  command: Command<P>;
  args: Invocation['args'];
}

/** A typed line as a command and its arguments. Throws `UserError` usage that names the next step. */
export function parse<P>(line: string, registry: Registry<P>, book: Book<P>): Parsed<P> {
  const tokens = listen(line);
  if (tokens.length === 0) return invocationOf({ command: 'menu', args: {} }, registry, book);
  const helpAt = tokens.findIndex(
    (token) => !token.quoted && (token.word === '--help' || token.word === '-h' || token.word === '--h'),
  );
  if (helpAt >= 0) tokens.splice(helpAt, 1);
  if (helpAt >= 0 && tokens.length === 0) return invocationOf({ command: 'help', args: {} }, registry, book);
  const { entry, rest } = findCommand(tokens, registry, book);
  if (helpAt >= 0)
    return invocationOf({ command: 'help', args: { command: entry.command.name } }, registry, book);
  return { command: entry.command, args: readArguments(entry, rest, book) };
}

/** A button's invocation, read as if its words had been typed: every value passes its argument's own check. */
export function invocationOf<P>(invocation: Invocation, registry: Registry<P>, book: Book<P>): Parsed<P> {
  const entry = registry.find(invocation.command);
  if (!entry || entry.command.name !== invocation.command) {
    throw new UserError('usage', `There is no command "${invocation.command.slice(0, 40)}" any more.`, {
      hint: `See ${book.prompt} help.`,
    });
  }
  const reading = new Reading(entry, book);
  for (const [name, value] of Object.entries(invocation.args)) reading.named(name, String(value));
  return { command: entry.command, args: reading.finish() };
}
