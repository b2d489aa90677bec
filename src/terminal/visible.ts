import stringWidth from 'string-width';

let segmenter: Intl.Segmenter | undefined;

// Control, zero-width, bidi and other format characters, lone surrogates, private use: a terminal hides them or obeys them.
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/** Text from anywhere as a terminal may show it: what would steer it stands there to be seen. Newlines stay. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\t', '    ').replace(unseen, spelledOut);
}

function spelledOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

// Most lines are of these, a column each; for others string-width makes an expression of every emoji, which takes 50 ms.
const narrow = /^[ -~…·–—’‘“”→✓✗●○◐␤]*$/u;

/** How many columns it takes; colours take none. */
export const widthOf = (text: string): number => (narrow.test(text) ? text.length : stringWidth(text));

export const padded = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** The beginning that fits, with an ellipsis where something is missing. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let result = '';
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(result + segment) > width - 1) break;
    result += segment;
  }
  return `${result}…`;
}
