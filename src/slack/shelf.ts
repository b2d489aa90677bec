import type { Operations } from '../bot/operation.ts';
import type { Answer } from '../bot/reply.ts';

/** Answers kept ten minutes for Share and Details; they were redacted before they were shown. */
export interface Shelf {
  keep(answer: Answer): Promise<boolean>;
  find(id: string): Promise<Answer | undefined>;
}

export function createShelf(operations: Pick<Operations, 'keepReply' | 'findReply'> | undefined): Shelf {
  return {
    async keep(answer) {
      if (!operations) return false;
      try {
        await operations.keepReply(answer.id, JSON.stringify(answer));
        return true;
      } catch {
        // Without a place to keep it the answer has no Share; it is still an answer.
        return false;
      }
    },
    async find(id) {
      const json = await operations?.findReply(id).catch(() => undefined);
      if (json === undefined) return undefined;
      // Written by `keep` alone, under an id that only the bot hands out.
      return JSON.parse(json, (key, value: unknown) =>
        key === 'at' && typeof value === 'string' ? new Date(value) : value,
      ) as Answer;
    },
  };
}
