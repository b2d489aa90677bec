import type { BotContext } from '../context.ts';
import type { Answer, Reply, Span } from '../reply/reply.ts';
import { stepData } from './cards.ts';
import type { Lease } from './lease.ts';

/** Puts the outcome where the operation's message is; what can't be delivered waits in the store. */
export async function deliver<P>(lease: Lease, { stores, progress }: BotContext<P>): Promise<void> {
  const { record } = lease;
  if (!record.message || record.outcome === undefined || record.delivered || record.endedAt === undefined)
    return;
  const reply: Reply = reviveReply(record.outcome);
  const state = record.state === 'planned' || record.state === 'running' ? 'unknown' : record.state;
  const answer: Answer = { id: record.id, state, reply, steps: stepData(record) };
  await progress.close(record.message, answer);
  const { tell } = (await stores.operations.find(record.id))?.requests ?? { tell: [] };
  const long = record.endedAt - (record.startedAt ?? record.createdAt) > 60_000;
  const mentions: Span[] = [...new Set([...(long ? [record.caller.id] : []), ...tell])].map((id) => ({
    kind: 'person',
    id,
    name: id,
    mention: true,
  }));
  if (mentions.length > 0) {
    await progress.tell(
      record.message,
      {
        ...answer,
        reply: { ...reply, title: reply.summary, parts: [], details: [], actions: [] },
      },
      mentions,
    );
  }
  await lease.write((one) => {
    one.delivered = true;
  });
}

/** A stored reply, its times as dates again. */
export function reviveReply(json: string): Reply {
  return JSON.parse(json, (key, value: unknown) =>
    key === 'at' && typeof value === 'string' ? new Date(value) : value,
  ) as Reply;
}
