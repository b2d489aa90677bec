import type { LogLine } from '../../core/reply/reply.ts';
import { cut } from '../shared/format.ts';

type Level = NonNullable<LogLine['level']>;
type Fields = Readonly<Record<string, unknown>>;

export const levelOrder: readonly Level[] = ['debug', 'info', 'warn', 'error'];
const longest = 200;

/** Pino writes numbers, others write words. */
const levels = new Map<string, Level>([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['verbose', 'debug'],
  ['info', 'info'],
  ['log', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['err', 'error'],
  ['fatal', 'error'],
  ['critical', 'error'],
  ['10', 'debug'],
  ['20', 'debug'],
  ['30', 'info'],
  ['40', 'warn'],
  ['50', 'error'],
  ['60', 'error'],
]);

export interface RawLine {
  message: string;
  /** When the line reached the log; the line's own time wins. */
  at: Date | undefined;
  /** It came from the error stream. */
  fromErrors: boolean;
}

/** One log line on one line: JSON picked apart, anything else as it is; what is long is cut visibly. */
export function entryOf({ message, at, fromErrors }: RawLine): LogLine {
  const fields = fieldsOf(message);
  if (fields) {
    const own = timeOf(fields.time ?? fields.timestamp ?? fields.ts);
    const when = at ?? own;
    const level = levels.get(String(fields.level ?? fields.severity ?? '').toLowerCase());
    return {
      ...(when && { at: when }),
      ...(level && { level }),
      text: oneLine(sentenceOf(fields) || message),
    };
  }
  const spoken = /\b(trace|debug|info|warn|warning|error|fatal)\b/i.exec(message.slice(0, 60))?.[1];
  const level = levels.get(spoken?.toLowerCase() ?? '') ?? (fromErrors ? 'error' : undefined);
  return { ...(at && { at }), ...(level && { level }), text: oneLine(message) };
}

function fieldsOf(message: string): Fields | undefined {
  const trimmed = message.trim();
  if (!trimmed.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(trimmed);
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The message and the few fields that tell a request or an error: `POST /rides 500`, `request failed · ECONNREFUSED`. */
function sentenceOf(fields: Fields): string {
  const word = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const said = word('msg') || word('message') || word('event');
  const request = [
    word('method'),
    word('route') || word('path') || word('url'),
    word('status') || word('statusCode'),
  ]
    .filter((part) => part !== '')
    .join(' ');
  const error = errorOf(fields.err ?? fields.error);
  return [
    said === 'request' && request !== '' ? '' : said,
    request,
    error === '' || said.includes(error) ? '' : error,
    word('context'),
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

function timeOf(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
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
