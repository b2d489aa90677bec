import { WebClient } from '@slack/web-api';
import { UserError } from '../core/reply/errors.ts';
import { slackError, type Web } from './web.ts';

export interface WebClients {
  /** A post whose answer was lost is repeated by those who post: never by the client, which can't know. */
  posting: Web;
  /** Looks up, and tries again by itself. */
  looking: Web;
}

export function createWebClients(token: string, apiUrl: string | undefined): WebClients {
  const reach = {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    timeout: 10_000,
    rejectRateLimitedCalls: true,
  };
  return {
    posting: new WebClient(token, { ...reach, retryConfig: { retries: 0 } }),
    looking: new WebClient(token, {
      ...reach,
      retryConfig: { retries: 2, factor: 2, minTimeout: 300, maxTimeout: 2_000 },
    }),
  };
}

/** Who the bot's token belongs to. Throws `UserError` when Slack does not take it, or it is another team's than expected. */
export async function findSelf(
  web: Pick<Web, 'auth'>,
  expectedTeam: string | undefined,
): Promise<{ team: string; user: string }> {
  const self = await web.auth.test().catch((error: unknown) => {
    const why = slackError(error) ?? 'it can’t be reached';
    throw new UserError('unavailable', `Slack did not take SLACK_BOT_TOKEN: ${why}.`, { cause: error });
  });
  const team = self.team_id ?? '';
  if (expectedTeam !== undefined && expectedTeam !== team) {
    throw new UserError(
      'conflict',
      `SLACK_BOT_TOKEN belongs to team ${team}, d2.yaml says ${expectedTeam}: one of them is wrong.`,
    );
  }
  return { team, user: self.user_id ?? '' };
}
