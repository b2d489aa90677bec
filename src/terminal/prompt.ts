import { createInterface } from 'node:readline/promises';

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean | undefined };
  output: NodeJS.WritableStream & { isTTY?: boolean | undefined };
}

/** Whether somebody is there who could answer. */
export const canAsk = ({ input, output }: Terminal) => input.isTTY === true && output.isTTY === true;

/** Asks, with no as the answer of an empty line, of the input's end and of Ctrl-C. */
export async function ask(question: string, { input, output }: Terminal): Promise<boolean> {
  const lines = createInterface({ input, output });
  const gone = new AbortController();
  lines.once('close', () => gone.abort());
  lines.once('SIGINT', () => lines.close());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: gone.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    output.write('\n');
    return false;
  } finally {
    lines.close();
  }
}
