import type { Rendered } from './render.ts';
import type { ResponseUrl } from './respond.ts';
import { slackError, type Web } from './web.ts';

/** How one invocation's answers reach the caller; every call shows the newest state of the same answer. */
export interface Voice {
  say(rendered: Rendered): Promise<void>;
}

interface Place {
  web: Pick<Web, 'chat' | 'conversations'>;
  channel: string;
  user: string;
  thread?: string | undefined;
}

const quiet = { unfurl_links: false, unfurl_media: false };

/** Only the caller sees it: by response_url, then chat.postEphemeral, then a direct message. An answer is never lost while Slack takes any of them. */
export function privately(
  place: Place,
  response: ResponseUrl | undefined,
  { replacing = false } = {},
): Voice {
  let replace = replacing;
  return {
    async say(rendered) {
      if (response && (await response.send(rendered, { replace }))) {
        replace = true;
        return;
      }
      await fallBack(place, rendered);
    },
  };
}

async function fallBack({ web, channel, user, thread }: Place, rendered: Rendered): Promise<void> {
  try {
    await web.chat.postEphemeral({
      channel,
      user,
      ...rendered,
      ...quiet,
      ...(thread !== undefined && { thread_ts: thread }),
    });
  } catch (error) {
    // Not a member there, or the channel is gone: the direct message is left.
    if (slackError(error) === undefined) throw error;
    const opened = await web.conversations.open({ users: user });
    const direct = opened.channel?.id;
    if (direct === undefined) throw error;
    await web.chat.postMessage({ channel: direct, ...rendered, ...quiet });
  }
}

/** Everybody there sees it: posted once, then edited. */
export function openly({ web, channel, thread }: Omit<Place, 'user'>): Voice {
  let ts: string | undefined;
  return {
    async say(rendered) {
      if (ts !== undefined) {
        await web.chat.update({ channel, ts, ...rendered });
        return;
      }
      ts = (
        await web.chat.postMessage({
          channel,
          ...rendered,
          ...quiet,
          ...(thread !== undefined && { thread_ts: thread }),
        })
      ).ts;
    },
  };
}
