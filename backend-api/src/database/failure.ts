/** The database can't be asked now: stopped, unreachable, too busy, or it refuses our credentials. Says 503. */
export class DatabaseUnavailable extends Error {
  /** For people and logs, without addresses or secrets: `ECONNREFUSED`. */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`The database can't be asked now (${code}).`, options);
    this.code = code;
  }
}

// Told by MySQL before or instead of an answer, on a connection that lives on.
const passing = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_CON_COUNT_ERROR',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_QUERY_INTERRUPTED',
  'ER_SERVER_SHUTDOWN',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** MySQL's own errors quote the statement and its values, which are people's: for the log, without both. */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error) || !('sqlMessage' in error)) return error;
  const { code, errno, sqlState }: Partial<Record<string, unknown>> = { ...error };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { type: 'SqlError', code, errno, sqlState, stack: frames.join('\n') };
}

/** A driver's or the network's error as what it means for a request; others come back as they are. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailable) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const broken = 'fatal' in error && error.fatal === true;
  const network = 'syscall' in error && !('sqlState' in error);
  return broken || network || passing.has(code) ? new DatabaseUnavailable(code, { cause: error }) : error;
}
