import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { Caller } from '../bot/caller.ts';
import type { Conversation } from '../bot/conversation.ts';
import type { FrontDoor } from '../bot/dispatch.ts';
import { refusalOf } from '../bot/refusal.ts';
import { createConversation } from './conversation.ts';
import type { Delivery, Gate } from './gate.ts';
import { readPress, unmark } from './payload.ts';
import { render } from './render.ts';
import { createResponseUrl } from './respond.ts';
import type { Shelf } from './shelf.ts';
import { openly, privately, type Voice } from './voice.ts';
import type { Web } from './web.ts';

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SlackOptions {
  tokens: { bot: string; app: string };
  apiUrl: string | undefined;
  /** `/d2` */
  command: string;
  botUser: string;
  zone: string;
  door: FrontDoor;
  gate: Gate;
  shelf: Shelf;
  once: (key: string) => Promise<boolean>;
  web: Web;
  newId: () => string;
  log: Log;
}

export interface Slack {
  start(): Promise<void>;
  /** Whether Slack can reach us now. */
  isConnected(): boolean;
  /** Takes no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** The bot's ear in Slack: four listeners, each acknowledges first and hands over what it heard. */
export function createSlack(options: SlackOptions): Slack {
  const { tokens, apiUrl, command, botUser, zone, door, gate, shelf, once, web, newId, log } = options;
  const logger = quietLogger(log);
  const reach = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  // A receiver of its own: an App in socket mode writes its endless retries into the options it shares with the client.
  const receiver = new SocketModeReceiver({
    appToken: tokens.app,
    logger,
    installerOptions: { clientOptions: reach },
  });
  const app = new App({
    token: tokens.bot,
    receiver,
    logger,
    ignoreSelf: true,
    clientOptions: { ...reach, timeout: 10_000, retryConfig: { retries: 2 }, rejectRateLimitedCalls: true },
  });
  const hosts = ['hooks.slack.com', ...(apiUrl === undefined ? [] : [new URL(apiUrl).host])];
  const underWay = new Set<Promise<void>>();

  interface Heard {
    key: string;
    delivery: Delivery;
    freshness: 'cached' | 'live';
    voice: Voice;
    serve(caller: Caller, conversation: Conversation, id: string): Promise<void>;
  }

  /** Drops what isn't ours and what came before; refuses who may not; else hands over. */
  function hear(heard: Heard): void {
    const work = (async () => {
      const { delivery, voice } = heard;
      if (!gate.isOurs(delivery)) {
        log.warn({ app: delivery.app, team: delivery.team }, 'a delivery of another app or team was dropped');
        return;
      }
      if (!(await once(heard.key))) return;
      const id = newId();
      const place = typeof delivery.channel === 'string' ? delivery.channel : '';
      const conversation = createConversation({ place, voice, shelf, zone });
      let caller: Caller;
      try {
        caller = await gate.admit(delivery, heard.freshness);
      } catch (error) {
        const { state, reply, bug } = refusalOf(error, id);
        if (bug) log.error({ id, error }, 'the gate failed');
        await conversation.answer({ id, state, reply });
        return;
      }
      await heard.serve(caller, conversation, id);
    })().catch((error: unknown) => log.error({ error }, 'an answer could not be given'));
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  app.command(/.*/, async ({ ack, body }) => {
    await ack();
    const response = createResponseUrl({ url: body.response_url, hosts });
    hear({
      key: `command:${body.trigger_id}`,
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: body.user_id,
        channel: body.channel_id,
      },
      freshness: 'cached',
      voice: privately({ web, channel: body.channel_id, user: body.user_id }, response),
      serve: (caller, conversation, id) =>
        body.command === command
          ? door.line({ id, line: unmark(body.text ?? ''), caller, conversation })
          : Promise.reject(new Error(`not our command: ${body.command}`)),
    });
  });

  app.action(/.*/, async ({ ack, body, action }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button' || !('action_id' in action)) return;
    const press = readPress(action.action_id, action.value);
    const channel = body.channel?.id;
    if (!press || channel === undefined) return;
    const hidden = body.container?.is_ephemeral === true;
    const response = body.response_url ? createResponseUrl({ url: body.response_url, hosts }) : undefined;
    const place = { web, channel, user: body.user.id, thread: threadOf(body.container) };
    hear({
      key: `click:${body.trigger_id}:${action.action_id}:${action.action_ts}`,
      delivery: {
        app: body.api_app_id,
        team: body.team?.id,
        enterprise: body.enterprise?.id ?? undefined,
        user: body.user.id,
        channel,
      },
      freshness: 'live',
      // The caller's own card gives way to what comes of it; a message that others see stays.
      voice: privately(place, response, { replacing: hidden }),
      async serve(caller, conversation, id) {
        if (press.kind === 'move')
          return door.move({ move: press.move, operation: press.operation, caller, conversation });
        if (press.kind === 'invoke')
          return door.invoke({ id, invocation: press.invocation, caller, conversation });
        return show(press, caller, conversation, {
          id,
          channel,
          hidden,
          voice: privately(place, response, { replacing: hidden }),
        });
      },
    });
  });

  /** Details, Less and Share of an answer that is kept; when it isn't any more, it is asked for anew. */
  async function show(
    press: Extract<ReturnType<typeof readPress>, { kind: 'show' }>,
    caller: Caller,
    conversation: Conversation,
    { id, channel, voice }: { id: string; channel: string; hidden: boolean; voice: Voice },
  ): Promise<void> {
    const kept = await shelf.find(press.id);
    if (!kept) {
      if (press.invocation) return door.invoke({ id, invocation: press.invocation, caller, conversation });
      const title = 'That answer is older than ten minutes and not kept any more.';
      return conversation.answer({
        id,
        state: 'refused',
        reply: {
          title,
          tone: 'warn',
          summary: title,
          parts: [{ kind: 'text', text: 'Ask for it anew.' }],
          actions: [],
        },
      });
    }
    if (press.what !== 'share')
      return voice.say(render(kept, { zone, kept: true, full: press.what === 'details' }));
    if (!kept.shareable) return;
    await openly({ web, channel }).say(render(kept, { zone, sharedBy: caller.name }));
  }

  app.event('app_mention', async ({ event, body }) => {
    const user = event.user ?? '';
    const thread = event.thread_ts ?? event.ts;
    hear({
      key: `event:${body.event_id}`,
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user,
        channel: event.channel,
      },
      freshness: 'cached',
      voice: openly({ web, channel: event.channel, thread }),
      serve: (caller, conversation, id) =>
        door.line({
          id,
          line: lineOf(event.text),
          caller,
          conversation: guardedBy(
            conversation,
            privately({ web, channel: event.channel, user, thread }, undefined),
          ),
        }),
    });
  });

  app.message(async ({ message, body }) => {
    if (
      message.channel_type !== 'im' ||
      message.subtype !== undefined ||
      !('user' in message) ||
      message.bot_id !== undefined
    )
      return;
    const thread = message.thread_ts;
    hear({
      key: `event:${body.event_id}`,
      delivery: {
        app: body.api_app_id,
        team: body.team_id,
        enterprise: body.enterprise_id,
        user: message.user,
        channel: message.channel,
      },
      freshness: 'cached',
      voice: openly({ web, channel: message.channel, thread }),
      serve: (caller, conversation, id) =>
        door.line({ id, line: lineOf(message.text ?? ''), caller, conversation }),
    });
  });

  app.error(async (error) => log.error({ error }, 'a listener failed'));

  /** In a thread others read along: what only its caller may confirm or see is said to them alone. */
  function guardedBy(conversation: Conversation, alone: Voice): Conversation {
    const own = createConversation({ place: conversation.place, voice: alone, shelf, zone });
    return {
      place: conversation.place,
      answer: (answer) => (answer.state === 'waiting' || answer.private ? own : conversation).answer(answer),
    };
  }

  const lineOf = (text: string): string =>
    unmark(text.replaceAll(new RegExp(`<@${botUser}(?:\\|[^>]*)?>`, 'g'), ' ')).trim();

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
      await Promise.allSettled(underWay);
    },
  };
}

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
