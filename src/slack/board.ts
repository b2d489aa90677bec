import { setTimeout as delay } from 'node:timers/promises';
import type { Board } from '../bot/conversation.ts';
import { UserError } from '../bot/errors.ts';
import type { Answer, Span } from '../bot/reply.ts';
import { createBudget } from './pace.ts';
import { type Rendered, render } from './render.ts';
import { richText } from './spans.ts';
import { slackError, unavailable, type Web } from './web.ts';

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
}

const quiet = { unfurl_links: false, unfurl_media: false };
const lost = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'is_archived',
  'not_in_channel',
]);

/** The operations' messages in Slack: posted once, edited in place, answered in their thread at the end. */
export function createBoard({
  web,
  zone,
  channels,
  channelOf,
  log,
  everyMs = 5_000,
  againMs = 10_000,
}: BoardOptions): Board {
  const budget = createBudget(20);
  const pending = new Map<string, Pending>();
  const keyOf = ({ channel, ts }: Message) => `${channel}/${ts}`;
  // A terminal's operation has its checklist there; taken over here, only its outcome in the store remains.
  const isOurs = ({ channel }: Message) => /^[CDG]/.test(channel);

  async function post(channel: string, rendered: Rendered, thread?: string): Promise<string> {
    const message = { channel, ...rendered, ...quiet, ...(thread !== undefined && { thread_ts: thread }) };
    const send = async () => (await web.chat.postMessage(message)).ts ?? '';
    try {
      return await send();
    } catch (error) {
      if (slackError(error) !== undefined) throw error;
      // Whether it was posted can't be asked without reading history: doubled beats lost.
      await delay(againMs);
      return send();
    }
  }

  async function flush(key: string): Promise<void> {
    const entry = pending.get(key);
    if (!entry) return;
    entry.timer = undefined;
    if (!budget.take()) {
      entry.timer = setTimeout(() => void flush(key), everyMs);
      entry.timer.unref();
      return;
    }
    entry.sentAt = Date.now();
    try {
      await web.chat.update({ ...entry.message, ...render(entry.answer, { zone }) });
    } catch (error) {
      log.warn(
        { error: slackError(error) ?? String(error), ...entry.message },
        'an edit was not taken; the next one says it all',
      );
    }
  }

  return {
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
        const word = slackError(error);
        if (word === 'not_in_channel' || word === 'channel_not_found' || word === 'is_archived') {
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
      if (entry.timer) return;
      entry.timer = setTimeout(() => void flush(key), Math.max(0, entry.sentAt + everyMs - Date.now()));
      entry.timer.unref();
    },

    async close(message, answer) {
      if (!isOurs(message)) return;
      const key = keyOf(message);
      clearTimeout(pending.get(key)?.timer);
      pending.delete(key);
      const rendered = render(answer, { zone });
      for (let pause = 1_000; ; pause = Math.min(pause * 2, 60_000)) {
        try {
          if (budget.take()) {
            await web.chat.update({ ...message, ...rendered });
            return;
          }
        } catch (error) {
          const word = slackError(error);
          if (word !== undefined && lost.has(word)) {
            await post(message.channel, rendered, word === 'channel_not_found' ? undefined : message.ts);
            return;
          }
          if (pause >= 60_000) throw error;
        }
        await delay(pause);
      }
    },

    async tell(message, answer, mentions) {
      if (!isOurs(message)) return;
      const { blocks, text } = render(answer, { zone });
      const people: Span[] = mentions.flatMap((mention, index) => [index > 0 ? ' ' : '', mention]);
      const rendered: Rendered = {
        text,
        blocks: [
          ...blocks,
          {
            type: 'rich_text',
            elements: [{ type: 'rich_text_section', elements: richText(people, 1_000, zone) }],
          },
        ],
      };
      await post(message.channel, rendered, message.ts);
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
