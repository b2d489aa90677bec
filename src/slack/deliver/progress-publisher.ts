import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../../core/reply/answer.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Span } from '../../core/reply/text.ts';
import type { ProgressPublisher } from '../../core/surface.ts';
import type { Requester } from '../../stores/operations.ts';
import { type Rendered, render } from '../render/render.ts';
import { failureOf, persist, unavailable, type Web } from '../web.ts';
import { createRateLimiter } from './rate-limiter.ts';

interface BoardOptions {
  web: Pick<Web, 'chat'>;
  zone: string;
  /** Channels that the bot may post to; elsewhere an operation's message goes to its environment's own. */
  channels: readonly string[];
  channelOf: (env: string) => string | undefined;
  log: { warn(fields: object, message: string): void };
  /** ms between two edits of one message. */
  everyMs?: number;
  /** ms before a post whose answer was lost is made again. */
  againMs?: number;
}

interface Message {
  channel: string;
  ts: string;
}

interface Pending {
  message: Message;
  answer: Answer;
  sentAt: number;
  timer?: NodeJS.Timeout | undefined;
  /** The edit that is on its way. */
  sending?: Promise<void>;
}

const quiet = { unfurl_links: false, unfurl_media: false };
/** There is nothing left to edit; elsewhere in that channel there may be. */
const gone = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
const away = new Set(['not_in_channel', 'channel_not_found', 'is_archived']);

const perMinute = 20;
/** Of those, kept for outcomes. */
const forOutcomes = 4;
const patienceMs = 10 * 60_000;

/** The operations' messages in Slack: posted once, edited in place, answered in their thread at the end. */
export function createProgressPublisher({
  web,
  zone,
  channels,
  channelOf,
  log,
  everyMs = 5_000,
  againMs = 10_000,
}: BoardOptions): ProgressPublisher {
  const budget = createRateLimiter(perMinute);
  const pending = new Map<string, Pending>();
  const keyOf = ({ channel, ts }: Message) => `${channel}/${ts}`;
  // A terminal's operation has its checklist there, and nothing of it can be edited here.
  const isOurs = ({ channel }: Message) => /^[CDG]/.test(channel);

  async function post(channel: string, rendered: Rendered, thread?: string): Promise<string> {
    const message = { channel, ...rendered, ...quiet, ...(thread !== undefined && { thread_ts: thread }) };
    return (await persist(() => web.chat.postMessage(message), { againMs })).ts ?? '';
  }

  /** In the thread, or beside it where the thread is gone. */
  async function postNear({ channel, ts }: Message, rendered: Rendered): Promise<void> {
    try {
      await post(channel, rendered, ts);
    } catch (error) {
      if (failureOf(error).kind !== 'refused') throw error;
      await post(channel, rendered);
    }
  }

  /** Where they asked, or the environment's channel; where the bot may not post there, to themselves. */
  async function postTo(person: Requester, env: string, rendered: Rendered): Promise<void> {
    const { id, place = '' } = person;
    const channel = channels.includes(place) || place.startsWith('D') ? place : (channelOf(env) ?? id);
    try {
      await post(channel, rendered);
    } catch (error) {
      if (failureOf(error).kind !== 'refused' || channel === id) throw error;
      await post(id, rendered);
    }
  }

  function schedule(key: string, entry: Pending, ms: number): void {
    entry.timer = setTimeout(() => void flush(key), ms);
    entry.timer.unref();
  }

  async function flush(key: string): Promise<void> {
    const entry = pending.get(key);
    if (!entry) return;
    await entry.sending;
    // It may have been closed meanwhile: then its outcome stands there.
    if (pending.get(key) !== entry) return;
    if (!budget.take(forOutcomes)) {
      schedule(key, entry, everyMs);
      return;
    }
    entry.timer = undefined;
    entry.sentAt = Date.now();
    entry.sending = edit(entry);
  }

  async function edit({ message, answer }: Pending): Promise<void> {
    try {
      await web.chat.update({ ...message, ...render(answer, { zone }) });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'limited') budget.pauseFor(failure.afterMs);
      log.warn({ ...failure, ...message }, 'an edit was not taken; the next one says it all');
    }
  }

  return {
    surface: 'slack',

    async open(operation, answer) {
      const channel = channels.includes(operation.asked) ? operation.asked : channelOf(operation.env);
      if (channel === undefined) {
        throw new UserError('unavailable', `${operation.env} has no channel to post to.`, {
          hint: `Give environments.${operation.env}.channel in d2.yaml.`,
        });
      }
      try {
        return { channel, ts: await post(channel, render(answer, { zone })) };
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'refused' && away.has(failure.word)) {
          throw new UserError(
            'unavailable',
            `The bot can’t post in the channel of ${operation.env} (${channel}).`,
            { hint: 'Type /invite @d2 there, then ask again.', cause: error },
          );
        }
        throw unavailable('The operation’s message could not be posted', error);
      }
    },

    update(message, answer) {
      if (!isOurs(message)) return;
      const key = keyOf(message);
      const entry = pending.get(key) ?? { message, answer, sentAt: Date.now() };
      entry.answer = answer;
      pending.set(key, entry);
      if (!entry.timer) schedule(key, entry, Math.max(0, entry.sentAt + everyMs - Date.now()));
    },

    async close(message, answer) {
      if (!isOurs(message)) return;
      const key = keyOf(message);
      const entry = pending.get(key);
      pending.delete(key);
      clearTimeout(entry?.timer);
      // An edit that overtook the outcome would leave the message working for ever.
      await entry?.sending;
      const rendered = render(answer, { zone });
      const until = Date.now() + patienceMs;
      for (let pause = 1_000; ; pause = Math.min(pause * 2, 30_000)) {
        if (budget.take()) {
          try {
            await web.chat.update({ ...message, ...rendered });
            return;
          } catch (error) {
            const failure = failureOf(error);
            if (failure.kind === 'refused' && gone.has(failure.word)) return postNear(message, rendered);
            if (failure.kind === 'refused' || Date.now() > until) throw error;
            if (failure.kind === 'limited') budget.pauseFor(failure.afterMs);
          }
        }
        await delay(pause);
      }
    },

    async tell({ env, message }, answer, people) {
      const rendered = (mentioned: readonly Requester[]) =>
        render(answer, { zone, mentions: mentioned.map(mentionOf) });
      if (message && isOurs(message)) return postNear(message, rendered(people));
      for (const person of people) await postTo(person, env, rendered([person]));
    },

    async link(message) {
      if (!isOurs(message)) return undefined;
      try {
        return (await web.chat.getPermalink({ channel: message.channel, message_ts: message.ts })).permalink;
      } catch {
        return undefined;
      }
    },
  };
}

const mentionOf = ({ id, name }: Requester): Span => ({ kind: 'person', id, name, mention: true });
