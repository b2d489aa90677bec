import { setTimeout as delay } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { UserError } from '../core/reply/errors.ts';

/** What of Slack's Web API the bot uses. */
export type Web = Pick<
  WebClient,
  'auth' | 'chat' | 'conversations' | 'filesUploadV2' | 'users' | 'usergroups'
>;

/** Slack's own error word of a failed call (`not_in_channel`); `undefined` when Slack did not answer at all. */
export function slackError(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string'
    ? data.error
    : undefined;
}

/** What a failed call says of its effect: none, none yet, or nobody knows. */
export type Failure =
  | { kind: 'refused'; word: string }
  | { kind: 'limited'; afterMs: number }
  | { kind: 'lost' };

// Slack's words for its own trouble: the call may have been taken all the same.
const troubles = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
const longestWaitMs = 30_000;

export function failureOf(error: unknown): Failure {
  const word = slackError(error);
  if (word !== undefined && !troubles.has(word)) return { kind: 'refused', word };
  if (error instanceof Error && 'retryAfter' in error && typeof error.retryAfter === 'number')
    return { kind: 'limited', afterMs: Math.min(error.retryAfter * 1_000, longestWaitMs) };
  return { kind: 'lost' };
}

/**
 * Sends until Slack takes or refuses it. A rate limit is waited for, five times at most; after a lost answer it is
 * sent once more, since whether it arrived can't be asked without reading history: doubled beats lost.
 */
export async function persist<T>(send: () => Promise<T>, { againMs = 10_000 } = {}): Promise<T> {
  let waits = 5;
  let losses = 1;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'refused') throw error;
      if (failure.kind === 'limited' ? waits-- === 0 : losses-- === 0) throw error;
      await delay(failure.kind === 'limited' ? failure.afterMs : againMs);
    }
  }
}

/** A failed call that the caller must hear of. */
export function unavailable(what: string, error: unknown): UserError {
  const failure = failureOf(error);
  const why = {
    refused: slackError(error),
    limited: 'Slack asks for patience',
    lost: 'Slack did not answer',
  }[failure.kind];
  return new UserError('unavailable', `${what}: ${why}.`, { hint: 'Try again in a minute.', cause: error });
}
