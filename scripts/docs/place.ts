/** The document with `text` between the two lines that mark a generated part. Throws when it has none. */
export function place(document: string, part: string, text: string): string {
  const begin = `<!-- ${part}: written by npm run docs -->`;
  const end = `<!-- /${part} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document lacks the lines ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
