import type { Invocation } from '../core/reply/actions.ts';
import { UserError } from '../core/reply/errors.ts';
import { shellWord } from '../core/reply/text.ts';

/** Shell words as one line: what the shell kept together stays together. Throws `UserError` usage for what a line can't say. */
export function lineOf(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (word !== '' && !/[\s"“”„«»]/.test(word) && !/^['‘’‚]/.test(word)) return word;
  const [, flag = '', rest = ''] = /^(--?[\w-]{1,40}=)?([\s\S]*)$/.exec(word) ?? [];
  if (!/["“”„«»]/.test(rest)) return `${flag}"${rest}"`;
  if (!/['‘’‚]/.test(rest)) return flag ? `${flag.slice(0, -1)} '${rest}'` : `'${rest}'`;
  throw new UserError('usage', 'A word can’t have both kinds of quotation marks in it.', {
    hint: 'Use one kind, or search for a shorter piece.',
  });
}

// Arguments that read well without their name, in the order they are said.
const bare = ['command', 'service', 'email', 'user', 'what', 'env'];

/** A button's invocation as somebody would type it to the bot. */
export const spelled = (invocation: Invocation): string => spell(invocation, quoted);

/** The same as somebody would type it into a shell. */
export const spelledForShell = (invocation: Invocation): string => spell(invocation, shellWord);

function spell({ command, args }: Invocation, word: (value: string) => string): string {
  const said = bare.flatMap((name) => (args[name] === undefined ? [] : [word(String(args[name]))]));
  const flags = Object.entries(args).flatMap(([name, value]) => {
    if (bare.includes(name) || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, word(String(value))];
  });
  return [command, ...said, ...flags].join(' ');
}
