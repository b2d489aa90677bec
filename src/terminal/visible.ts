const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const marks = /^\p{M}+$/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

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

/** How many columns it takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (!marks.test(segment)) width += wide.test(segment) ? 2 : 1;
  }
  return width;
}

export const padded = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** The beginning that fits, with an ellipsis where something is missing. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let result = '';
  for (const { segment } of segmenter.segment(text)) {
    if (widthOf(result + segment) > width - 1) break;
    result += segment;
  }
  return `${result}…`;
}
