import { createCircuitBreaker } from '../../core/circuit-breaker.ts';
import type { Answer } from '../../core/reply/answer.ts';
import { revived } from '../../core/reply/stored-reply.ts';
import type { ReplyStore } from '../../stores/replies.ts';

/** An answer, and whose it is. */
export interface CachedReply {
  answer: Answer;
  /** The id of whom it was made for: nobody else is shown it without being asked who they are anew. */
  owner: string;
}

/** Answers kept ten minutes for Share and Details; they were redacted before they were shown. */
export interface ReplyCache {
  /** False when there is nowhere to keep it, or it was not taken. */
  keep(kept: CachedReply): Promise<boolean>;
  find(id: string): Promise<CachedReply | undefined>;
}

export function createReplyCache(replies: ReplyStore | undefined): ReplyCache {
  const soon = createCircuitBreaker('The bot’s table');
  return {
    async keep(kept) {
      if (!replies) return false;
      try {
        // What only scripts read isn't kept: nothing here shows it.
        const { data: _, error: __, ...reply } = kept.answer.reply;
        const json = JSON.stringify({ ...kept, answer: { ...kept.answer, reply } });
        await soon(() => replies.keep(kept.answer.id, json));
        return true;
      } catch {
        // Without a place to keep it the answer has no Share; it is still an answer.
        return false;
      }
    },
    async find(id) {
      const json = replies && (await soon(() => replies.find(id)).catch(() => undefined));
      if (json === undefined) return undefined;
      // Written by `keep` alone, under an id that only the bot hands out.
      const { answer, owner } = JSON.parse(json) as CachedReply;
      return { answer: { ...answer, reply: revived(answer.reply) }, owner };
    },
  };
}
