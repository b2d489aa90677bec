/** Control, zero-width and bidi characters as their code points: what is read is what is there. Tabs and new lines stay. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(
      /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu,
      (odd) => `\\u{${(odd.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

/** Slack's three: nothing else is escaped, and nothing else needs to be. */
export const escaped = (text: string): string =>
  visible(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** At most so many characters, with how many were cut; never half a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const note = ' … (cut)';
  const end = most - note.length;
  const whole = /[\ud800-\udbff]$/.test(text.slice(0, end)) ? end - 1 : end;
  return text.slice(0, whole) + note;
}
