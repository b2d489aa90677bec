import type { Clock } from '../../core/clock.ts';
import type { ReplyStore } from '../../stores/replies.ts';
import { numberOf, secondsAt, type Table, textOf } from './table.ts';

const rememberMs = 10 * 60_000;
const clearedMs = 24 * 60 * 60_000;
/** DynamoDB takes items up to 400 KB. */
const largest = 350_000;

/** Answers as items `REPLY#<id>`. */
export function createReplyStore(table: Table, clock: Clock): ReplyStore {
  const replies = table.items('REPLY#');
  return {
    async keep(id, json) {
      // One too large to keep is run again when it is asked for.
      if (Buffer.byteLength(json) > largest) return;
      const until = clock.now().getTime() + rememberMs;
      await replies.write(id, {
        set: ['#json = :json', '#until = :until', '#expires = :expires'],
        values: { json, until, expires: secondsAt(until + clearedMs) },
        operation: id,
      });
    },

    async find(id) {
      const item = await replies.find(id);
      return numberOf(item, 'until') > clock.now().getTime() ? textOf(item, 'json') : undefined;
    },
  };
}
