import type { WebClient } from '@slack/web-api';
import { UserError } from '../bot/errors.ts';

/** What of Slack's Web API the bot uses. */
export type Web = Pick<WebClient, 'auth' | 'chat' | 'conversations' | 'users' | 'usergroups'>;

/** Slack's own error word of a failed call (`not_in_channel`); `undefined` when Slack did not answer at all. */
export function slackError(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string'
    ? data.error
    : undefined;
}

/** A failed call that the caller must hear of. */
export function unavailable(what: string, error: unknown): UserError {
  return new UserError('unavailable', `${what}: ${slackError(error) ?? 'Slack did not answer'}.`, {
    hint: 'Try again in a minute.',
    cause: error,
  });
}
