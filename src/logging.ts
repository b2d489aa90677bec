import { destination, pino } from 'pino';
import { redact, redactDeep } from './core/reply/redaction.ts';

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

interface LogOptions {
  /** pino's levels, and `silent`. */
  level: string;
  /** The bot's goes to stdout; the terminal's to stderr, since stdout is the answer. */
  to?: 'stdout' | 'stderr';
  /** Instead of those. */
  stream?: { write(line: string): void };
}

/** JSON lines, redacted. Errors keep name, message, stack, code and causes; nothing else of them, for SDK errors carry whole requests. */
export function createLog({ level, to = 'stdout', stream }: LogOptions): Log {
  const sink = stream ?? destination({ fd: to === 'stdout' ? 1 : 2, sync: true });
  const log = pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, sink);
  const write =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      if (log.isLevelEnabled(name)) log[name](redactDeep(clean(fields, 0)) ?? {}, redact(message));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

const deepest = 6;
const secretKey = /token|secret|passw|authorization|cookie|credential/i;

function clean(value: unknown, depth: number): object | undefined {
  const plain = plainOf(value, depth);
  return typeof plain === 'object' && plain !== null ? plain : undefined;
}

/** Data without cycles, classes and keys whose name says that their value is a secret. */
function plainOf(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
    return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= deepest) return '…';
  if (value instanceof Error) {
    const code = 'code' in value ? { code: plainOf(value.code, depth + 1) } : {};
    const cause = value.cause === undefined ? {} : { cause: plainOf(value.cause, depth + 1) };
    return { name: value.name, message: value.message, stack: value.stack, ...code, ...cause };
  }
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => plainOf(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretKey.test(key) && typeof inner === 'string' ? '[redacted]' : plainOf(inner, depth + 1),
    ]),
  );
}
