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

/** Hears of every bug that becomes a row of an answer; whoever has the log subscribes. */
export const bugs = channel('d2.bugs');

/** What to tell of a failure on one source, in a row: `unknown: <reason>`. What nobody expected goes to `bugs` too. */
export function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  bugs.publish(error);
  return 'an unexpected fault, see the bot’s log';
}
