import { stripVTControlCharacters } from 'node:util';
import type { LogLine } from '../../core/reply/parts.ts';

export type Level = NonNullable<LogLine['level']>;
export type Fields = Readonly<Record<string, unknown>>;

/** A line as its writer meant it, whatever stands before it. */
export interface ParsedLine {
  /** The writer's own time, PM2's where it has none. */
  at: Date | undefined;
  level: Level | undefined;
  /** What is left without prefixes and colours. */
  text: string;
  /** Of a JSON line. */
  fields: Fields | undefined;
  /** Nest's `[ExceptionsHandler]`. */
  context: string | undefined;
}

/** Pino writes numbers, Nest LOG and VERBOSE, others words in any case. */
const levels = new Map<string, Level>([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['verbose', 'debug'],
  ['silly', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['log', 'info'],
  ['http', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['err', 'error'],
  ['fatal', 'error'],
  ['critical', 'error'],
  ['alert', 'error'],
  ['emergency', 'error'],
  ['10', 'debug'],
  ['20', 'debug'],
  ['30', 'info'],
  ['40', 'warn'],
  ['50', 'error'],
  ['60', 'error'],
]);

/** PM2's log_date_format: `2026-01-21 09:00:00.123 +08:00: `, with T, without fraction or zone too. */
const pm2Date = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?) ?(Z|[+-]\d\d:?\d\d)?: /;
/** `[Nest] 4242  - 01/21/2026, 9:00:00 AM     LOG [Context] `; Node writes a narrow space before AM. */
const nest =
  /^\[Nest\] \d+ {1,4}- (\d\d?)\/(\d\d?)\/(\d{4}), (\d\d?):(\d\d):(\d\d)[\s\u202f]([AP])M\s+([A-Z]+) (?:\[([^\]]{1,80})\] )?/;
/** What a web server writes of a request: `… [21/Jan/2026:09:00:00 +0000] "GET /health HTTP/1.1" 200 …`. */
const access =
  /^\S+ \S+ \S+ \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\] "([A-Z]+) (\S+)[^"]*" (\d{3})/;
const shortAccess = /^([A-Z]{3,7}) (\/\S*) (\d{3}) (?:[\d.]+|-) ?ms\b/;

export function parseLine(message: string): ParsedLine {
  const plain = stripVTControlCharacters(message);
  const dated = pm2Date.exec(plain);
  const afterDate = plain.slice(dated?.[0].length ?? 0);
  const named = nest.exec(afterDate);
  const text = afterDate.slice(named?.[0].length ?? 0);
  const before = (dated && dateOfPm2(dated)) ?? (named && dateOfNest(named)) ?? undefined;
  const fields = fieldsOf(text);
  if (fields) {
    const said = timeOf(first(fields, ['time', 'timestamp', 'ts', '@timestamp', 'datetime', 'date']));
    return {
      at: said ?? before,
      level: levelOf(fields) ?? levelNamed(named?.[8]),
      text,
      fields,
      context: named?.[9],
    };
  }
  const request = accessOf(text);
  if (request) return { ...request, at: request.at ?? before, fields: undefined, context: undefined };
  const spoken = named
    ? named[8]
    : /\b(trace|debug|info|warn|warning|error|fatal)\b/i.exec(text.slice(0, 60))?.[1];
  return { at: before, level: levelNamed(spoken), text, fields: undefined, context: named?.[9] };
}

/** A stack's line, which belongs to the one before it. */
export const isContinuation = (message: string): boolean => {
  const plain = stripVTControlCharacters(message);
  const text = plain.slice(pm2Date.exec(plain)?.[0].length ?? 0);
  return /^\s+(?:at |\.\.\. |\[cause\]|\[errors\]|[}\]])/.test(text);
};

function levelOf(fields: Fields): Level | undefined {
  const value = first(fields, ['level', 'severity', 'lvl', 'log.level', 'levelname', 'loglevel']);
  const nested = fields.log;
  const inner = nested !== null && typeof nested === 'object' && 'level' in nested ? nested.level : undefined;
  const said = value ?? inner;
  return typeof said === 'string' || typeof said === 'number' ? levelNamed(String(said)) : undefined;
}

const levelNamed = (word: string | undefined): Level | undefined =>
  word === undefined ? undefined : levels.get(stripVTControlCharacters(word).trim().toLowerCase());

const first = (fields: Fields, names: readonly string[]): unknown =>
  names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);

function fieldsOf(text: string): Fields | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(trimmed);
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

// Seconds since the epoch have ten digits until 2286, milliseconds thirteen.
const latestSeconds = 1e11;

function timeOf(value: unknown): Date | undefined {
  const epoch = typeof value === 'string' && /^\d{9,16}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof epoch === 'number') return dateOf(epoch < latestSeconds ? epoch * 1000 : epoch);
  return typeof epoch === 'string' ? dateOf(epoch) : undefined;
}

function dateOf(value: string | number): Date | undefined {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

// A date without a zone is taken for UTC, in which servers run.
const dateOfPm2 = ([, day, time, zone = 'Z']: RegExpExecArray): Date | undefined =>
  dateOf(`${day}T${time}${zone}`);

function dateOfNest([, month = '', day = '', year, hour, minute, second, half]: RegExpExecArray) {
  const hours = (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  const two = (value: string | number) => String(value).padStart(2, '0');
  return dateOf(`${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}Z`);
}

function accessOf(text: string): Pick<ParsedLine, 'at' | 'level' | 'text'> | undefined {
  const long = access.exec(text);
  const short = shortAccess.exec(text);
  const [method, path, status] = long ? long.slice(6, 9) : (short?.slice(1, 4) ?? []);
  if (status === undefined) return undefined;
  const level = Number(status) >= 500 ? 'error' : Number(status) >= 400 ? 'warn' : 'info';
  const at = long ? dateOf(`${long[1]} ${long[2]} ${long[3]} ${long[4]} ${long[5]}`) : undefined;
  return { at, level, text: `${method} ${path} ${status}` };
}
