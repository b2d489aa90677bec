import { UserError } from '../reply/errors.ts';
import { looksLikePassword, redact } from '../reply/redaction.ts';

export interface Token {
  /** As typed, quotes taken off. */
  raw: string;
  /** For comparing with known words. */
  word: string;
  quoted: boolean;
}

const longest = 1_000;
// Zero-width, bidi and control characters: they make a line read otherwise than it runs.
const invisible = /(?![\t\n\r])[\p{Cc}\p{Cf}]/u;

/** Cuts a typed line into words, forgiving what phones do to it: smart quotes, long dashes, odd spaces, a final full stop. */
export function tokenize(line: string): Token[] {
  if (line.length > longest) {
    throw new UserError(
      'usage',
      `That line has ${line.length.toLocaleString('en')} characters; up to ${longest.toLocaleString('en')} are read.`,
      {
        hint: 'Say it shorter: a filter finds more with one telling word.',
      },
    );
  }
  const odd = invisible.exec(line)?.[0];
  if (odd) {
    const name = (odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new UserError('usage', `That line has an invisible character in it (U+${name}).`, {
      hint: 'Type it anew rather than pasting it.',
    });
  }
  refuseSecrets(line);
  const even = line
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2018\u2019\u201a]/g, "'")
    // Where a phone made one long dash of two: before a flag's name.
    .replace(/(?<=^|[\s\u00a0])[\u2012-\u2015\u2212]+(?=[a-z])/gi, '--')
    .replace(/[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g, ' ')
    .trim();
  return split(even).map((token, index, all) => tidy(token, index === all.length - 1));
}

function refuseSecrets(line: string): void {
  const bare = line.split(/\s+/).find(looksLikePassword);
  if (redact(line) === line && !bare) return;
  throw new UserError('usage', 'That looks like a password or a key, so it was not read and not kept.', {
    hint: 'Delete the message if it shows, and change that password: the bot never needs one.',
  });
}

function split(line: string): { text: string; quoted: boolean }[] {
  const tokens: { text: string; quoted: boolean }[] = [];
  // A single quote inside a word is an apostrophe; a backslash keeps a double quote inside its quotes.
  const pattern = /(--?[\w-]{1,40}=)?(?:"((?:[^"\\]|\\.)*)"|(?<=^|[ =])'([^']*)'(?=$| ))|(\S+)/g;
  for (const [, flag, double, single, bare] of line.matchAll(pattern)) {
    const quoted = double?.replace(/\\"/g, '"') ?? single;
    tokens.push(
      quoted === undefined
        ? { text: bare ?? '', quoted: false }
        : { text: (flag ?? '') + quoted, quoted: flag === undefined },
    );
  }
  return tokens;
}

function tidy({ text, quoted }: { text: string; quoted: boolean }, last: boolean): Token {
  if (quoted) return { raw: text, word: text.toLowerCase(), quoted };
  let raw = text.replace(/^-(?=[a-z])/i, '--');
  if (last && raw.length > 1) raw = raw.replace(/(?<=[\p{L}\p{N}])\.$/u, '');
  return { raw, word: raw.toLowerCase(), quoted };
}
