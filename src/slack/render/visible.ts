/** Control, zero-width and bidi characters as their code points: what is read is what is there. Tabs, new lines and how an emoji is drawn stay. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(
      /(?!\t|\n|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu,
      (odd) => `\\u{${(odd.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

/** The same on one line. */
export const visibleLine = (text: string): string => visible(text).replace(/\n/g, '⏎').replace(/\t/g, ' ');

/** Slack's three: nothing else is escaped, and nothing else needs to be. */
export const escaped = (text: string): string =>
  visible(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const note = ' … (cut)';

/** At most so many characters, saying that some were cut; never half a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most <= note.length) return most > 0 ? '…' : '';
  const end = most - note.length;
  const whole = /[\ud800-\udbff]$/.test(text.slice(0, end)) ? end - 1 : end;
  return text.slice(0, whole) + note;
}
