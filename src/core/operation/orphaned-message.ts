import type { OperationRecord } from '../../stores/operation-record.ts';
import type { BotContext } from '../context.ts';
import { redactDeep } from '../reply/redaction.ts';
import { type Reply, type Span, text } from '../reply/reply.ts';
import type { Plan } from './plan.ts';
import { retry } from './retry.ts';

/** A store that is down for minutes may still come back: nobody waits for this. */
const strayMs = 300_000;

/** Who takes over posts anew where the store has no message: the one posted here would stay working for ever, so it says where to look. Best effort, never throws. */
export async function closeOrphanedMessage<P>(
  bot: BotContext<P>,
  record: OperationRecord,
  message: NonNullable<OperationRecord['message']>,
): Promise<void> {
  const { stores, progress, log } = bot;
  const title = (record.plan as Plan).doing;
  const closed = await retry(
    bot,
    async () => {
      // The write may have happened though its answer was lost: then this is the message that it goes on in.
      const held = (await stores.operations.find(record.id))?.record.message;
      if (held?.channel === message.channel && held.ts === message.ts) return;
      const url = held && (await progress.link(held).catch(() => undefined));
      const other: Span =
        url === undefined ? 'another message' : { kind: 'link', url, label: 'another message' };
      const where = text(['Taken over after an interruption; it goes on in ', other, '.']);
      const reply = redactDeep<Reply>({ title, tone: 'info', summary: title, parts: [where], actions: [] });
      await progress.close(message, { id: record.id, state: 'done', reply });
    },
    strayMs,
  );
  if (!closed)
    log.warn({ operation: record.id, ...message }, 'a message that nobody goes on with stays open');
}
