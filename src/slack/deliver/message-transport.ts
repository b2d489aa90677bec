import type { Rendered } from '../render/render.ts';
import { failureOf, persist, slackError, type Web } from '../web.ts';
import type { ResponseUrl } from './response-url.ts';

/** How one invocation's answers reach the caller; every call shows the newest state of the same answer. */
export interface MessageTransport {
  /** `interim`: more is to come, so that losing it loses nothing. Throws only when Slack took it nowhere. */
  send(rendered: Rendered, how?: { interim?: boolean }): Promise<void>;
}

interface Place {
  web: Pick<Web, 'chat' | 'conversations'>;
  channel: string;
  user: string;
  thread?: string | undefined;
  /** ms before a post whose answer was lost is made again. */
  againMs?: number | undefined;
}

const quiet = { unfurl_links: false, unfurl_media: false };

/** Only the caller sees it: by response_url, then chat.postEphemeral, then a direct message. */
export function privateTransport(
  place: Place,
  response: ResponseUrl | undefined,
  { replacing = false } = {},
): MessageTransport {
  let replace = replacing;
  return {
    async send(rendered, { interim = false } = {}) {
      if (await response?.send(rendered, { replace, thread: place.thread })) {
        replace = true;
        return;
      }
      // What chat.postEphemeral posts can't be edited any more: it would stand there unfinished for ever.
      if (!interim) await fallBack(place, rendered);
    },
  };
}

async function fallBack(place: Place, rendered: Rendered): Promise<void> {
  const { web, channel, user, thread, againMs } = place;
  const message = { user, ...rendered, ...quiet, ...(thread !== undefined && { thread_ts: thread }) };
  try {
    await persist(() => web.chat.postEphemeral({ channel, ...message }), { againMs });
  } catch (error) {
    // Not a member there, or the channel or thread is gone: the direct message is left.
    if (failureOf(error).kind !== 'refused') throw error;
    const opened = await persist(() => web.conversations.open({ users: user }), { againMs });
    const direct = opened.channel?.id;
    if (direct === undefined) throw error;
    await persist(() => web.chat.postMessage({ channel: direct, ...rendered, ...quiet }), { againMs });
  }
}

const goneWords = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Everybody there sees it: posted once, then edited; posted anew where the message is gone. What Slack refuses to have there is said by `otherwise`. */
export function openTransport(
  { web, channel, thread, againMs }: Omit<Place, 'user'>,
  otherwise?: MessageTransport,
): MessageTransport {
  let ts: string | undefined;

  async function post(rendered: Rendered): Promise<void> {
    const message = { channel, ...rendered, ...quiet, ...(thread !== undefined && { thread_ts: thread }) };
    ts = (await persist(() => web.chat.postMessage(message), { againMs })).ts;
  }

  return {
    async send(rendered, how) {
      if (ts === undefined) {
        return post(rendered).catch((error: unknown) => {
          if (!otherwise || failureOf(error).kind !== 'refused') throw error;
          return otherwise.send(rendered, how);
        });
      }
      const edit = { channel, ts, ...rendered };
      try {
        await persist(() => web.chat.update(edit), { againMs });
      } catch (error) {
        if (!goneWords.has(slackError(error) ?? '')) throw error;
        await post(rendered);
      }
    },
  };
}
