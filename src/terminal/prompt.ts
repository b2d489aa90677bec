import { createInterface } from 'node:readline/promises';

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean | undefined };
  output: NodeJS.WritableStream & { isTTY?: boolean | undefined };
}

/** Whether somebody is there who could answer. */
export const canAsk = ({ input, output }: Terminal) => input.isTTY === true && output.isTTY === true;

/** Asks, with no as the answer of an empty line, of the input's end and of Ctrl-C. */
export async function ask(question: string, terminal: Terminal): Promise<boolean> {
  return /^y(es)?$/i.test((await askFor(`${question} [y/N] `, terminal)) ?? '');
}

/** What somebody types, without the spaces around it; nothing at the input's end and at Ctrl-C. */
export async function askFor(question: string, { input, output }: Terminal): Promise<string | undefined> {
  const lines = createInterface({ input, output });
  const gone = new AbortController();
  lines.once('close', () => gone.abort());
  lines.once('SIGINT', () => lines.close());
  try {
    return (await lines.question(question, { signal: gone.signal })).trim();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    output.write('\n');
    return undefined;
  } finally {
    lines.close();
  }
}
