import type { Catalog } from '../core/command/catalog.ts';
import { parse } from '../core/command/parser.ts';
import { type MissingArguments, UserError } from '../core/reply/errors.ts';
import { spelled } from './command-line.ts';
import { askFor, canAsk, type Terminal } from './prompt.ts';

/** Asks for the arguments that a line lacks, and answers with the whole line. What nobody says stays missing, and is then refused. */
export async function completeLine<P>(
  line: string,
  catalog: Catalog<P>,
  terminal: Terminal,
): Promise<string> {
  const lacking = canAsk(terminal) ? missingIn(line, catalog) : undefined;
  return (lacking && (await askMissing(lacking, terminal))) ?? line;
}

/** The whole line, with what somebody says at each question; `undefined` as soon as nobody answers one. */
export async function askMissing(
  { command, given, missing }: MissingArguments,
  terminal: Terminal,
): Promise<string | undefined> {
  const args = { ...given };
  for (const { name, expected, choices } of missing) {
    const said = await askFor(`${name} (${choices?.join(', ') ?? expected})? `, terminal);
    if (!said) return undefined;
    args[name] = said;
  }
  return spelled({ command, args });
}

function missingIn<P>(line: string, catalog: Catalog<P>): MissingArguments | undefined {
  try {
    parse(line, catalog);
    return undefined;
  } catch (error) {
    return error instanceof UserError ? error.missing : undefined;
  }
}
