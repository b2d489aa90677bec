import type { Caller } from '../../core/access/caller.ts';
import type { Conversation } from '../../core/surface.ts';
import type { FrontDoor } from '../../core/dispatcher.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Press } from '../listeners/action-payload.ts';
import { render } from '../render/render.ts';
import type { Kept, Shelf } from './reply-cache.ts';
import { openly, type Voice } from './message-transport.ts';
import { failureOf, unavailable, type Web } from '../web.ts';

interface Showing {
  press: Extract<Press, { kind: 'show' }>;
  caller: Caller;
  id: string;
  channel: string;
  /** Whether there is somebody in the channel to share with. */
  sharing: boolean;
  /** Where the pressed message is, or beside it. */
  voice: Voice;
  /** A conversation there that shows an answer in full, or says something of it. */
  converse(how: { full: boolean; remark?: string }): Conversation;
}

interface Options {
  shelf: Shelf;
  door: FrontDoor;
  web: Web;
  zone: string;
}

/** What Details, Less and Share do with an answer that is kept; one that isn't kept, or isn't the caller's, is asked for anew. */
export function createShow({ shelf, door, web, zone }: Options) {
  async function askAnew({ press, caller, id, converse }: Showing, kept: Kept | undefined): Promise<void> {
    const { invocation, what } = press;
    if (!invocation) {
      throw new UserError('conflict', 'That answer is older than ten minutes and not kept any more.', {
        hint: 'Ask for it anew.',
      });
    }
    const remark = kept
      ? undefined
      : `The answer that you pressed on is not kept any more; this is a new one.${what === 'share' ? ' Press Share to show it.' : ''}`;
    const conversation = converse({ full: what === 'details', ...(remark !== undefined && { remark }) });
    await door.invoke({ id, invocation, caller, conversation });
  }

  async function share({ channel, caller }: Showing, { answer }: Kept): Promise<void> {
    if (answer.shareable !== true)
      throw new UserError('forbidden', 'Not shared: this answer is for you alone.');
    try {
      await openly({ web, channel }).say(render(answer, { zone, sharedBy: caller.name }));
    } catch (error) {
      if (failureOf(error).kind !== 'refused') throw unavailable('It could not be shared', error);
      throw new UserError('unavailable', `Not shared: the bot can’t post in this channel (${channel}).`, {
        hint: 'Type /invite @d2 here, then press Share again.',
        cause: error,
      });
    }
  }

  return async (showing: Showing): Promise<void> => {
    const { press, caller, voice, sharing } = showing;
    const kept = await shelf.find(press.id);
    // Somebody else's press is authorised as if they had typed it; so is one on what not everybody may see.
    if (!kept || kept.owner !== caller.id) return askAnew(showing, kept);
    if (press.what === 'share') return share(showing, kept);
    if (kept.answer.private === true && press.invocation) return askAnew(showing, kept);
    await voice.say(render(kept.answer, { zone, kept: true, sharing, full: press.what === 'details' }));
  };
}
