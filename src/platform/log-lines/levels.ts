import { stripVTControlCharacters } from 'node:util';

/** How grave a line is, mildest first. */
export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

/** What loggers call them; each is compared in lower case. */
const words: Record<Level, readonly string[]> = {
  debug: [
    'debug',
    'dbg',
    'dbug',
    'debu',
    'd',
    'trace',
    'trac',
    'trc',
    'trce',
    't',
    'verbose',
    'vrb',
    'v',
  ].concat(['silly', 'fine', 'finer', 'finest']),
  info: ['info', 'inf', 'i', 'information', 'informational', 'log', 'http', 'notice', 'config', 'success'],
  warn: ['warn', 'warning', 'wrn', 'w'],
  error: [
    'error',
    'err',
    'erro',
    'e',
    'fail',
    'fatal',
    'fata',
    'ftl',
    'f',
    'critical',
    'crit',
    'c',
    'severe',
  ].concat(['alert', 'a', 'emergency', 'emerg', 'panic', 'pani', 'dpanic', 'p']),
};
const named = new Map(levels.flatMap((level) => words[level].map((word) => [word, level] as const)));

/** The level of a logger's word: `WARN`, `Information`, slog's `ERROR+2`; `undefined` for a word that is none. */
export const levelNamed = (word: string): Level | undefined =>
  named.get(
    stripVTControlCharacters(word)
      .trim()
      .toLowerCase()
      .replace(/[+-]\d+$/, ''),
  );

/** Numbers that several loggers share: syslog's 0 to 7, pino's and bunyan's tens, Monolog's hundreds. */
export function levelNumbered(value: number): Level | undefined {
  if (!Number.isInteger(value) || value < 0) return undefined;
  if (value < 8) return syslogLevel(value);
  if (value < 10) return undefined;
  if (value < 100) return value < 30 ? 'debug' : value < 40 ? 'info' : value < 50 ? 'warn' : 'error';
  return value < 200 ? 'debug' : value < 300 ? 'info' : value < 400 ? 'warn' : 'error';
}

/** RFC 5424: 0 emergency to 3 error, 4 warning, 5 notice, 6 informational, 7 debug. */
export const syslogLevel = (severity: number): Level =>
  severity < 4 ? 'error' : severity === 4 ? 'warn' : severity < 7 ? 'info' : 'debug';

/** Python's `levelno`. */
export const pythonLevel = (value: number): Level =>
  value < 20 ? 'debug' : value < 30 ? 'info' : value < 40 ? 'warn' : 'error';

/** OpenTelemetry's `SeverityNumber`, 1 to 24. */
export const otelLevel = (value: number): Level =>
  value < 9 ? 'debug' : value < 13 ? 'info' : value < 17 ? 'warn' : 'error';

/** Where a request's writer says no level: its HTTP status. */
export const statusLevel = (status: number): Level =>
  status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';

export const isAtLeast = (level: Level | undefined, least: Level): boolean =>
  level !== undefined && levels.indexOf(level) >= levels.indexOf(least);
