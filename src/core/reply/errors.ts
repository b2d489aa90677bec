import { randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import type { Action, Invocation } from './actions.ts';
import type { Text } from './text.ts';

export type ErrorCode = 'usage' | 'forbidden' | 'not-found' | 'conflict' | 'unavailable' | 'timeout';

/** An error as scripts read it: `internal` is a bug, the others are told apart by what to do about them. */
export interface ErrorData {
  code: ErrorCode | 'unconfirmed' | 'cancelled' | 'unknown' | 'internal';
  message: string;
  hint?: string;
  missing?: MissingArguments;
}

/** A command that lacks arguments, and what was said already: a surface asks for the rest. */
export interface MissingArguments {
  command: string;
  given: Invocation['args'];
  missing: readonly MissingArgument[];
}

export interface MissingArgument {
  name: string;
  /** `an email address such as ana@example.com` */
  expected: string;
  /** Of a closed set: all there is. */
  choices?: readonly string[];
}

interface UserErrorOptions {
  /** The next step, in sentences; commands in it are code. */
  hint?: Text;
  actions?: Action[];
  /** Arguments that a usage error lacks. */
  missing?: MissingArguments;
  cause?: unknown;
}

/** An expected failure in words for the caller. Everything else that is thrown is a bug and reaches them as a reference. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly hint: Text | undefined;
  readonly actions: Action[];
  readonly missing: MissingArguments | undefined;

  constructor(
    code: ErrorCode,
    sentence: string,
    { hint, actions = [], missing, cause }: UserErrorOptions = {},
  ) {
    super(sentence, { cause });
    this.name = 'UserError';
    this.code = code;
    this.hint = hint;
    this.actions = actions;
    this.missing = missing;
  }
}

/** A change was sent and its answer never came (timeout, reset, unnamed 5xx): look before sending anything again. */
export class OutcomeUnknown extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = 'OutcomeUnknown';
  }
}

const bugs = channel('d2.bugs');

interface Bug {
  reference: string;
  error: unknown;
}

/** Logs every bug that becomes a row of an answer, under the reference that the row shows; ends when its answer is called. */
export function logBugs(log: { error(fields: object, message: string): void }): () => void {
  const listener = (bug: unknown) => log.error({ ...(bug as Bug) }, 'a bug became a row of an answer');
  bugs.subscribe(listener);
  return () => void bugs.unsubscribe(listener);
}

/** What to tell of a failure on one source, in a row: `unknown: <reason>`. What nobody expected is for `logBugs` too. */
export function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const reference = randomBytes(4).toString('hex');
  bugs.publish({ reference, error } satisfies Bug);
  return `an unexpected fault, in the bot’s log under ${reference}`;
}
