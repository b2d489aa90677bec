import { z } from 'zod';
import { choice, shown } from './fields.ts';

const token = (prefix: string, other: string, where: string) =>
  z
    .string({ error: `missing, expected the ${prefix}… token (${where})` })
    .regex(new RegExp(`^${prefix}[A-Za-z0-9-]{5,}$`), {
      // The value itself is a secret: only what it begins with is told.
      error: ({ input }) =>
        String(input).startsWith(other)
          ? `that is the ${other}… token, expected the ${prefix}… one (${where})`
          : `not a token, expected one that begins with ${prefix} (${where})`,
    });

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

const apiUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname))) {
    return url.href.endsWith('/') ? url.href : `${url.href}/`;
  }
  context.addIssue({
    code: 'custom',
    message: `${shown(text)}, expected an https:// address (http:// only on this machine): tokens travel to it`,
  });
  return z.NEVER;
});

/** The process's own variables that both the bot and the terminal read. */
export const commonVariables = z.object({
  AWS_REGION: z.string().optional(),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
});

export const slackVariables = z.object({
  SLACK_BOT_TOKEN: token('xoxb-', 'xapp-', 'api.slack.com/apps, your app, OAuth & Permissions'),
  SLACK_APP_TOKEN: token(
    'xapp-',
    'xoxb-',
    'api.slack.com/apps, your app, Basic Information, App-Level Tokens',
  ),
  SLACK_API_URL: apiUrl.optional(),
});
