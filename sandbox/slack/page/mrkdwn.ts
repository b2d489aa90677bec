/** Slack's mrkdwn as a tree. Whatever isn't markup stays text, so that nothing a person wrote is lost. */

export type Style = 'bold' | 'italic' | 'strike';

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: Style; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'user' | 'channel' | 'usergroup'; id: string; label: string }
  | { kind: 'broadcast'; range: string }
  | { kind: 'date'; timestamp: number; format: string; url: string; fallback: string }
  | { kind: 'emoji'; name: string };

export type Passage =
  | { kind: 'line'; children: Inline[] }
  | { kind: 'pre'; text: string }
  | { kind: 'quote'; lines: Inline[][] };

const entities: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
]);

/** Slack escapes these three and no others. */
export const unescapeText = (text: string): string =>
  text.replace(/&(?:amp|lt|gt);/g, (entity) => entities.get(entity) ?? entity);

const styles: ReadonlyMap<string, Style> = new Map([
  ['*', 'bold'],
  ['_', 'italic'],
  ['~', 'strike'],
]);

const isWordish = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);
const isSpace = (char: string | undefined) => char === undefined || /\s/.test(char);

/** What stands between `<` and `>`; undefined when that is no entity of Slack's. */
function readEntity(inner: string): Inline | undefined {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : unescapeText(inner.slice(bar + 1));
  const id = target.slice(1);
  if (/^@[UW][A-Z0-9]+$/.test(target)) return { kind: 'user', id, label };
  if (/^#[CDG][A-Z0-9]+$/.test(target)) return { kind: 'channel', id, label };
  if (/^!(?:here|channel|everyone)$/.test(target)) return { kind: 'broadcast', range: id };
  const group = /^!subteam\^([A-Z0-9]+)$/.exec(target);
  if (group) return { kind: 'usergroup', id: group[1] ?? '', label };
  const date = /^!date\^(\d{1,12})\^([^^]+)(?:\^(.+))?$/.exec(target);
  if (date) {
    const [, timestamp, format = '', url = ''] = date;
    return { kind: 'date', timestamp: Number(timestamp), format, url: unescapeText(url), fallback: label };
  }
  if (/^(?:https?:\/\/|mailto:)\S+$/.test(target)) {
    const url = unescapeText(target);
    return { kind: 'link', url, label: label || url.replace(/^mailto:/, '') };
  }
  return undefined;
}

/** Where the mark that opens at `start` closes, on the same line; -1 when it doesn't. */
function findClose(line: string, start: number, mark: string): number {
  if (isWordish(line[start - 1]) || isSpace(line[start + 1]) || line[start + 1] === mark) return -1;
  for (let end = line.indexOf(mark, start + 2); end >= 0; end = line.indexOf(mark, end + 1)) {
    if (!isSpace(line[end - 1]) && !isWordish(line[end + 1])) return end;
  }
  return -1;
}

const emojiAt = /:([a-z0-9_+-]{1,40}):/y;

/** One line's inline markup. A style doesn't nest in itself, which also bounds the depth. */
export function readInline(line: string, open: readonly Style[] = []): Inline[] {
  const out: Inline[] = [];
  let text = '';
  const push = (node: Inline) => {
    if (text) out.push({ kind: 'text', text: unescapeText(text) });
    text = '';
    out.push(node);
  };

  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? '';
    const style = styles.get(char);
    if (char === '<') {
      const end = line.indexOf('>', at);
      const entity = end < 0 ? undefined : readEntity(line.slice(at + 1, end));
      if (entity) {
        push(entity);
        at = end + 1;
        continue;
      }
    } else if (char === '`') {
      const end = line.indexOf('`', at + 1);
      if (end > at + 1) {
        push({ kind: 'code', text: unescapeText(line.slice(at + 1, end)) });
        at = end + 1;
        continue;
      }
    } else if (style && !open.includes(style)) {
      const end = findClose(line, at, char);
      if (end >= 0) {
        push({ kind: style, children: readInline(line.slice(at + 1, end), [...open, style]) });
        at = end + 1;
        continue;
      }
    } else if (char === ':') {
      emojiAt.lastIndex = at;
      const [whole, name] = emojiAt.exec(line) ?? [];
      if (whole && name && /[a-z]|^[+-]1$/.test(name)) {
        push({ kind: 'emoji', name });
        at += whole.length;
        continue;
      }
    }
    text += char;
    at += 1;
  }
  if (text) out.push({ kind: 'text', text: unescapeText(text) });
  return out;
}

function readLines(text: string): Passage[] {
  const out: Passage[] = [];
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const last = out.at(-1);
    if (!quoted) out.push({ kind: 'line', children: readInline(line) });
    else if (last?.kind === 'quote') last.lines.push(readInline(quoted[1] ?? ''));
    else out.push({ kind: 'quote', lines: [readInline(quoted[1] ?? '')] });
  }
  return out;
}

export function readMrkdwn(text: string): Passage[] {
  const out: Passage[] = [];
  let done = 0;
  for (const match of text.matchAll(/\n?```\n?([\s\S]+?)\n?```\n?/g)) {
    const before = text.slice(done, match.index);
    if (before) out.push(...readLines(before));
    out.push({ kind: 'pre', text: unescapeText(match[1] ?? '') });
    done = match.index + match[0].length;
  }
  const rest = text.slice(done);
  if (rest || out.length === 0) out.push(...readLines(rest));
  return out;
}
