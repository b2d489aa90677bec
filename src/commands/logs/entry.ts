import { stripVTControlCharacters } from 'node:util';
import type { LogLine } from '../../core/reply/parts.ts';
import { cut } from '../shared/format.ts';
import { type Fields, isContinuation, type Level, parseLine } from '../shared/log-line.ts';

export const levelOrder: readonly Level[] = ['debug', 'info', 'warn', 'error'];
const longest = 200;

export interface RawLine {
  message: string;
  /** When the line reached the log; where that is unknown, the line's own time counts. */
  at: Date | undefined;
  /** It came from the error stream. */
  fromErrors: boolean;
  /** The stream or file that it stands in. */
  source: string;
}

/** One log line on one line: JSON picked apart, anything else as it is; what is long is cut visibly. */
export function entryOf({ message, at, fromErrors }: Omit<RawLine, 'source'>): LogLine {
  const line = parseLine(message);
  const when = at ?? line.at;
  const level = line.level ?? (line.fields === undefined && fromErrors ? 'error' : undefined);
  const said = line.fields ? sentenceOf(line.fields) : line.text;
  // Without fields of its own a JSON line is shown as it came.
  const sentence = said || line.text;
  const context = line.context !== undefined && !line.fields ? ` · ${line.context}` : '';
  return {
    ...(when && { at: when }),
    ...(level && { level }),
    text: `${oneLine(sentence)}${context}`,
  };
}

/** An entry a line, oldest first; a stack's lines belong to the line before them in their source, which shows the first. */
export function entriesOf(lines: readonly RawLine[]): { message: string; entry: LogLine }[] {
  const heads: { raw: RawLine; stack: string[] }[] = [];
  const lastOf = new Map<string, { raw: RawLine; stack: string[] }>();
  for (const raw of lines) {
    const last = lastOf.get(raw.source);
    if (last && isContinuation(raw.message)) {
      last.stack.push(raw.message);
      continue;
    }
    const head = { raw, stack: [] };
    heads.push(head);
    lastOf.set(raw.source, head);
  }
  return heads.map(({ raw, stack: [first, ...others] }) => {
    const entry = entryOf(raw);
    if (first === undefined) return { message: raw.message, entry };
    const more = others.length > 0 ? ` (+${others.length} lines)` : '';
    const text = `${entry.text} · ${oneLine(parseLine(first).text)}${more}`;
    return { message: [raw.message, first, ...others].join('\n'), entry: { ...entry, text } };
  });
}

/** The message and the few fields that tell a request or an error: `POST /rides 500`, `request failed · ECONNREFUSED`. */
function sentenceOf(fields: Fields): string {
  const word = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const said = stripVTControlCharacters(word('msg') || word('message') || word('event'));
  const request = [
    word('method'),
    word('route') || word('path') || word('url'),
    word('status') || word('statusCode'),
  ]
    .filter((part) => part !== '')
    .join(' ');
  const error = errorOf(fields.err ?? fields.error);
  return [
    /^(?:HTTP )?request(?: (?:client error|failed))?$/.test(said) && request !== '' ? '' : said,
    request,
    error === '' || said.includes(error) ? '' : error,
    request === '' ? word('context') : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function errorOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error === null || typeof error !== 'object') return '';
  if ('message' in error && typeof error.message === 'string' && error.message !== '') return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function oneLine(text: string): string {
  const [first = '', ...others] = text.trim().split(/\r?\n/);
  const more = others.length > 0 ? ` (+${others.length} lines)` : '';
  return `${cut(first, longest)}${more}`;
}

/** Equals in a row become one with a count; the time is the first one’s. */
export function fold(entries: readonly LogLine[]): LogLine[] {
  const folded: LogLine[] = [];
  for (const entry of entries) {
    const before = folded.at(-1);
    if (before && before.text === entry.text && before.level === entry.level) {
      folded[folded.length - 1] = { ...before, count: (before.count ?? 1) + 1 };
    } else folded.push(entry);
  }
  return folded;
}
