import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { Log } from './event-handler.ts';

interface Options {
  tokens: { bot: string; app: string };
  apiUrl: string | undefined;
  botUser: string;
  log: Log;
}

export interface Connection {
  app: App;
  /** Whether Slack can reach us now. */
  isConnected(): boolean;
}

/** Bolt over Socket Mode, not connected yet. */
export function createConnection({ tokens, apiUrl, botUser, log }: Options): Connection {
  const logger = quietLogger(log);
  const reach = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  // A receiver of its own: an App in socket mode writes its endless retries into the options it shares with the client.
  const receiver = new SocketModeReceiver({
    appToken: tokens.app,
    logger,
    // Bolt waits this long before it connects again; Slack holds a delivery for three seconds only.
    clientPingTimeout: 2_500,
    installerOptions: { clientOptions: reach },
  });
  const app = new App({
    receiver,
    logger,
    ignoreSelf: true,
    // We know who we are: Bolt's own auth.test would stand between every delivery and its acknowledgement.
    authorize: async () => ({ botToken: tokens.bot, botUserId: botUser }),
    clientOptions: { ...reach, timeout: 10_000, retryConfig: { retries: 2 }, rejectRateLimitedCalls: true },
  });
  app.error(async (error) => log.error({ error }, 'a listener failed'));

  let connected = false;
  receiver.client.on('connected', () => {
    connected = true;
  });
  for (const gone of ['disconnected', 'reconnecting']) {
    receiver.client.on(gone, () => {
      connected = false;
    });
  }
  return { app, isConnected: () => connected };
}

/** Bolt's own words in the bot's log: they name envelopes, never tokens; its chatter is left out. */
function quietLogger(log: Log): Logger {
  const say = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts) => log.warn({ from: 'bolt' }, say(parts)),
    error: (...parts) => log.error({ from: 'bolt' }, say(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
