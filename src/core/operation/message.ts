import type { OperationRecord } from '../../stores/operation-record.ts';
import { retry } from '../clock.ts';
import type { BotContext } from '../context.ts';
import { text } from '../reply/parts.ts';
import { redactDeep } from '../reply/redaction.ts';
import type { Reply } from '../reply/reply.ts';
import type { Span } from '../reply/text.ts';
import type { Responder } from '../surface.ts';
import { planOf } from './operation.ts';

/** Tells the caller where the operation's message is, in place of the card. */
export async function pointTo<P>(
  bot: BotContext<P>,
  record: OperationRecord,
  responder: Responder,
): Promise<void> {
  if (!record.message) return;
  // Without its link the message stands all the same, and the caller is still owed an answer.
  const link = await bot.progress.link(record.message).catch(() => null);
  if (link === undefined) return;
  const title = planOf(record).doing;
  const message: Span = link === null ? 'message' : { kind: 'link', url: link, label: 'message' };
  const where: Span[] = ['Its ', message, ' shows how it goes.'];
  await responder.answer({
    id: record.id,
    state: 'done',
    reply: { title, tone: 'info', summary: title, parts: [text(where)], actions: [] },
  });
}

/** A store that is down for minutes may still come back: nobody waits for this. */
const orphanedMs = 300_000;

/** Who takes over posts anew where the store has no message: the one posted here would stay working for ever, so it says where to look. Best effort, never throws. */
export async function closeOrphanedMessage<P>(
  bot: BotContext<P>,
  record: OperationRecord,
  message: NonNullable<OperationRecord['message']>,
): Promise<void> {
  const { stores, progress, log } = bot;
  const title = planOf(record).doing;
  const closed = await retry(
    bot.clock,
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
    orphanedMs,
  );
  if (!closed)
    log.warn({ operation: record.id, ...message }, 'a message that nobody goes on with stays open');
}
