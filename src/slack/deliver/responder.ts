import type { Answer } from '../../core/reply/answer.ts';
import { note } from '../../core/reply/parts.ts';
import type { Responder } from '../../core/surface.ts';
import { render } from '../render/render.ts';
import { nextTurn } from '../turns.ts';
import type { FileSender } from './files.ts';
import type { MessageTransport } from './message-transport.ts';
import type { ReplyCache } from './reply-cache.ts';

interface Options {
  place: string;
  files: FileSender;
  transport: MessageTransport;
  replyCache: ReplyCache;
  zone: string;
  /** Slack's id of who is answered. */
  owner: string;
  /** Whether there is somebody to share an answer with: not where all see it anyway. */
  sharing: boolean;
  /** Shows what stands behind Details at once. */
  full?: boolean;
  /** What is to be said of this answer itself, below it. */
  remark?: string;
}

/** Puts answers into Slack's words: kept first, so that their buttons work the moment they show. */
export function createResponder(options: Options): Responder {
  const { place, files, transport, replyCache, zone, owner, sharing, full, remark } = options;
  return {
    place,
    async answer(asked) {
      // What isn't complete yet has no files worth sending.
      const answer = asked.state === 'working' ? asked : await files.send(asked, owner);
      const { reply, state } = answer;
      const hasMore = reply.details !== undefined && (state === 'done' || state === 'waiting');
      const shareable = sharing && answer.shareable === true && state === 'done';
      const kept = (hasMore || shareable) && (await replyCache.keep({ answer, owner }));
      const shown: Answer =
        remark === undefined
          ? answer
          : { ...answer, reply: { ...reply, parts: [...reply.parts, note(remark)] } };
      // Rendering a long answer takes its time: acknowledgements come before. What is short and early does not wait.
      if (state !== 'working') await nextTurn();
      await transport.send(render(shown, { zone, kept, sharing, full }), { interim: state === 'working' });
    },
  };
}

/** In a thread others read along: only what everybody may look at is said there, the rest to its caller alone. */
export function keepPrivate(open: Responder, alone: Responder): Responder {
  let isOpen = false;
  return {
    place: open.place,
    answer(answer) {
      // What began openly ends openly: the same message says how it ended.
      isOpen ||= answer.private === false;
      return (isOpen ? open : alone).answer(answer);
    },
  };
}
