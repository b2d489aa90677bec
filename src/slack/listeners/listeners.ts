import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { Dispatcher } from '../../core/dispatcher.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Responder } from '../../core/surface.ts';
import { type MessageTransport, openTransport, privateTransport } from '../deliver/message-transport.ts';
import { createReplyActions } from '../deliver/reply-actions.ts';
import type { ReplyCache } from '../deliver/reply-cache.ts';
import { createResponder, keepPrivate } from '../deliver/responder.ts';
import { createResponseUrl } from '../deliver/response-url.ts';
import type { RequestVerifier } from '../verify/request-verifier.ts';
import type { Web } from '../web.ts';
import { plainTyped, pressedValue, readButtonPress } from './action-payload.ts';
import { createEventHandler, type Log } from './event-handler.ts';

export interface SlackOptions {
  tokens: { bot: string; app: string };
  apiUrl: string | undefined;
  /** `/d2` */
  command: string;
  botUser: string;
  zone: string;
  dispatcher: Dispatcher;
  verifier: RequestVerifier;
  replyCache: ReplyCache;
  isFirst: (key: string) => Promise<boolean>;
  web: Web;
  newId: () => string;
  log: Log;
  /** ms before a post whose answer was lost is made again. */
  againMs?: number;
}

export interface SlackSurface {
  start(): Promise<void>;
  /** Whether Slack can reach us now. */
  isConnected(): boolean;
  /** Takes no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** The bot's ear in Slack: four listeners, each acknowledges first and hands over what it heard. */
export function createSlackSurface(options: SlackOptions): SlackSurface {
  const {
    tokens,
    apiUrl,
    command,
    botUser,
    zone,
    dispatcher,
    verifier,
    replyCache,
    isFirst,
    web,
    newId,
    log,
    againMs,
  } = options;
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
  const origins = ['https://hooks.slack.com', ...(apiUrl === undefined ? [] : [new URL(apiUrl).origin])];
  const { handle, settle } = createEventHandler({ verifier, isFirst, newId, log });
  const show = createReplyActions({ replyCache, dispatcher, web, zone });

  /** An acknowledgement that can't be sent loses nothing: whoever asked is still answered. */
  const acknowledge = async (ack: () => Promise<void>): Promise<void> =>
    ack().catch((error: unknown) => log.warn({ error }, 'an acknowledgement could not be sent'));

  const converse = (
    place: { channel: string; user: string },
    transport: MessageTransport,
    how: { sharing?: boolean; full?: boolean; remark?: string } = {},
  ) =>
    createResponder({
      place: place.channel,
      owner: place.user,
      transport,
      replyCache,
      zone,
      sharing: !isDirect(place.channel),
      ...how,
    });

  app.command(/.*/, async ({ ack, body }) => {
    await acknowledge(ack);
    const place = { web, channel: body.channel_id, user: body.user_id, againMs };
    const response = createResponseUrl({ url: body.response_url, origins });
    const responder = converse(place, privateTransport(place, response));
    handle({
      key: keyOf('command', body.trigger_id),
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: body.user_id,
        channel: body.channel_id,
      },
      freshness: 'cached',
      aside: responder,
      async serve(caller, id) {
        if (body.command !== command) {
          throw new UserError('usage', `This bot listens to ${command}, not to ${body.command}.`, {
            hint: 'The name in Slack’s app settings and the one in d2.yaml must be the same.',
          });
        }
        await dispatcher.line({ id, line: plainTyped(body.text ?? ''), caller, responder });
      },
    });
  });

  app.action(/.*/, async ({ ack, body, action }) => {
    await acknowledge(ack);
    const pressed = pressedValue(action);
    if (body.type !== 'block_actions' || !pressed || !('action_id' in action)) return;
    const channel = body.channel?.id ?? '';
    const press = readButtonPress(action.action_id, pressed.value);
    const place = { web, channel, user: body.user.id, thread: threadOf(body.container), againMs };
    const response = body.response_url ? createResponseUrl({ url: body.response_url, origins }) : undefined;
    // A card that only its caller sees gives way to what comes of it; a message that others see stays.
    const replacing = body.container?.is_ephemeral === true || isDirect(channel);
    const transport = privateTransport(place, response, { replacing });
    const aside = converse(place, privateTransport(place, response));
    // What only failed just now may be pressed again: the card stays.
    const responder = keeping(converse(place, transport), aside);
    handle({
      key: keyOf('click', body.trigger_id, action.action_id),
      delivery: {
        app: body.api_app_id,
        team: body.team?.id,
        enterprise: body.enterprise?.id,
        user: body.user.id,
        channel: body.channel?.id,
      },
      freshness: 'live',
      aside,
      async serve(caller, id) {
        if (!press) {
          throw new UserError('conflict', 'This button says nothing that the bot knows.', {
            hint: 'It may be from an older version: ask anew.',
          });
        }
        if (press.kind === 'move') {
          await dispatcher.operate({ move: press.move, operation: press.operation, caller, responder });
        } else if (press.kind === 'invoke') {
          await dispatcher.invoke({ id, invocation: press.invocation, caller, responder });
        } else {
          const again = (how: { full: boolean; remark?: string }) => converse(place, transport, how);
          const sharing = !isDirect(channel);
          await show({ press, caller, id, channel, sharing, transport, converse: again });
        }
      },
    });
  });

  app.event('app_mention', async ({ event, body }) => {
    const place = {
      web,
      channel: event.channel,
      user: event.user ?? '',
      thread: event.thread_ts ?? event.ts,
      againMs,
    };
    const alone = converse(place, privateTransport(place, undefined));
    handle({
      key: keyOf('event', body.event_id),
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: event.user,
        channel: event.channel,
      },
      freshness: 'cached',
      aside: alone,
      serve: (caller, id) =>
        dispatcher.line({
          id,
          line: lineOf(event.text),
          caller,
          responder: keepPrivate(
            converse(place, openTransport(place, privateTransport(place, undefined)), { sharing: false }),
            alone,
          ),
        }),
    });
  });

  app.message(async ({ message, body }) => {
    if (message.channel_type !== 'im' || message.subtype !== undefined || message.bot_id !== undefined)
      return;
    const place = { web, channel: message.channel, user: message.user, thread: message.thread_ts, againMs };
    const responder = converse(place, openTransport(place));
    handle({
      key: keyOf('event', body.event_id),
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: message.user,
        channel: message.channel,
      },
      freshness: 'cached',
      aside: responder,
      serve: (caller, id) => dispatcher.line({ id, line: lineOf(message.text ?? ''), caller, responder }),
    });
  });

  app.error(async (error) => log.error({ error }, 'a listener failed'));

  const ownMention = new RegExp(`<@${botUser}(?:\\|[^<>]*)?>`, 'g');
  const lineOf = (text: string): string => plainTyped(text.replaceAll(ownMention, ' ')).trim();

  let connected = false;
  receiver.client.on('connected', () => {
    connected = true;
  });
  for (const gone of ['disconnected', 'reconnecting']) {
    receiver.client.on(gone, () => {
      connected = false;
    });
  }

  return {
    async start() {
      await app.start();
    },
    isConnected: () => connected,
    async stop() {
      await app.stop();
      await settle();
    },
  };
}

/** What tells a delivery from its repetition; without Slack's own id there is none. */
const keyOf = (kind: string, ...ids: (string | undefined)[]): string | undefined =>
  ids.every((id) => typeof id === 'string' && id !== '') ? [kind, ...ids].join(':') : undefined;

/** Answers aside what failed, in place everything else. */
const keeping = (inPlace: Responder, aside: Responder): Responder => ({
  place: inPlace.place,
  answer: (answer) => (answer.state === 'failed' ? aside : inPlace).answer(answer),
});

const isDirect = (channel: string): boolean => channel.startsWith('D');

function threadOf(container: unknown): string | undefined {
  if (typeof container !== 'object' || container === null || !('thread_ts' in container)) return undefined;
  return typeof container.thread_ts === 'string' ? container.thread_ts : undefined;
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
