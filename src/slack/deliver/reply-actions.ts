import type { Caller } from '../../core/access/caller.ts';
import type { Dispatcher } from '../../core/dispatcher.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Responder } from '../../core/surface.ts';
import type { ButtonPress } from '../listeners/action-payload.ts';
import { render } from '../render/render.ts';
import { failureOf, unavailable, type Web } from '../web.ts';
import { type MessageTransport, openTransport } from './message-transport.ts';
import type { CachedReply, ReplyCache } from './reply-cache.ts';

interface Showing {
  press: Extract<ButtonPress, { kind: 'show' }>;
  caller: Caller;
  id: string;
  channel: string;
  /** Whether there is somebody in the channel to share with. */
  sharing: boolean;
  /** Where the pressed message is, or beside it. */
  transport: MessageTransport;
  /** A responder there that shows an answer in full, or says something of it. */
  converse(how: { full: boolean; remark?: string }): Responder;
}

interface Options {
  replyCache: ReplyCache;
  dispatcher: Dispatcher;
  web: Web;
  zone: string;
}

/** What Details, Less and Share do with an answer that is kept; one that isn't kept, or isn't the caller's, is asked for anew. */
export function createReplyActions({ replyCache, dispatcher, web, zone }: Options) {
  async function askAnew(
    { press, caller, id, converse }: Showing,
    kept: CachedReply | undefined,
  ): Promise<void> {
    const { invocation, what } = press;
    if (!invocation) {
      throw new UserError('conflict', 'That answer is older than ten minutes and not kept any more.', {
        hint: 'Ask for it anew.',
      });
    }
    const remark = kept
      ? undefined
      : `The answer that you pressed on is not kept any more; this is a new one.${what === 'share' ? ' Press Share to show it.' : ''}`;
    const responder = converse({ full: what === 'details', ...(remark !== undefined && { remark }) });
    await dispatcher.invoke({ id, invocation, caller, responder });
  }

  async function share({ channel, caller }: Showing, { answer }: CachedReply): Promise<void> {
    if (answer.shareable !== true)
      throw new UserError('forbidden', 'Not shared: this answer is for you alone.');
    try {
      await openTransport({ web, channel }).send(render(answer, { zone, sharedBy: caller.name }));
    } catch (error) {
      if (failureOf(error).kind !== 'refused') throw unavailable('It could not be shared', error);
      throw new UserError('unavailable', `Not shared: the bot can’t post in this channel (${channel}).`, {
        hint: 'Type /invite @d2 here, then press Share again.',
        cause: error,
      });
    }
  }

  return async (showing: Showing): Promise<void> => {
    const { press, caller, transport, sharing } = showing;
    const kept = await replyCache.find(press.id);
    // Somebody else's press is authorised as if they had typed it; so is one on what not everybody may see.
    if (!kept || kept.owner !== caller.id) return askAnew(showing, kept);
    if (press.what === 'share') return share(showing, kept);
    if (kept.answer.private === true && press.invocation) return askAnew(showing, kept);
    await transport.send(render(kept.answer, { zone, kept: true, sharing, full: press.what === 'details' }));
  };
}
