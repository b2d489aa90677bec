import type { Caller } from '../access/caller.ts';
import { busy } from './busy.ts';
import type { ChangeCommand } from '../command/command.ts';
import type { Conversation } from '../surface.ts';
import { reviveReply } from './delivery.ts';
import { UserError } from '../reply/errors.ts';
import type { House } from '../context.ts';
import type { Hold, OperationRecord } from './record.ts';
import type { Plan } from './plan.ts';
import { type Span, text } from '../reply/reply.ts';
import { runOperation } from './execute.ts';
import { leaseMs } from './lease.ts';

/** Claims the environment and runs the operation to its end; true when it ended here. */
export async function launch<P>(
  house: House<P>,
  command: ChangeCommand<P>,
  record: OperationRecord,
  rev: number,
  caller: Caller,
  conversation: Conversation,
): Promise<boolean> {
  const now = house.clock.now().getTime();
  const hold: Hold = {
    operation: record.id,
    command: record.command,
    caller: { id: caller.id, name: caller.name },
    since: now,
    // Its own for every run: a second press in the same process must not pass for the first one asking again.
    owner: `${house.owner}/${house.newId()}`,
    until: now + leaseMs,
  };
  // `now` 0: a lease that ran out is not free, its operation waits to be taken over.
  const claim = await house.operations.claim(record.env, hold, 0);
  if (!claim.won) {
    if (claim.holder.operation === record.id)
      throw new UserError('conflict', 'This card was used already.', {
        hint: 'Its message shows how it goes.',
      });
    throw busy(claim.holder, record.env, now);
  }
  record.state = 'running';
  record.startedAt = now;
  const next = await house.operations.save(record, rev);
  if (next === undefined) {
    await house.operations.release(record.env, record.id);
    throw new UserError('conflict', 'This card was used already.', {
      hint: 'Its message shows how it goes.',
    });
  }
  const state = await runOperation({
    house,
    command,
    record,
    rev: next,
    hold,
    caller,
    posted: () => pointTo(house, record, conversation),
  });
  if (state === undefined) return false;
  if (!record.message && record.outcome !== undefined)
    await conversation.answer({ id: record.id, state, reply: reviveReply(record.outcome) });
  return true;
}

/** Tells the caller where the operation's message is, in place of the card. */
async function pointTo<P>(
  house: House<P>,
  record: OperationRecord,
  conversation: Conversation,
): Promise<void> {
  if (!record.message) return;
  // Without its link the message stands all the same, and the caller is still owed an answer.
  const link = await house.board.link(record.message).catch(() => null);
  if (link === undefined) return;
  const title = `${(record.plan as Plan).doing}`;
  const message: Span = link === null ? 'message' : { kind: 'link', url: link, label: 'message' };
  const where: Span[] = ['Its ', message, ' shows how it goes.'];
  await conversation.answer({
    id: record.id,
    state: 'done',
    reply: { title, tone: 'info', summary: title, parts: [text(where)], actions: [] },
  });
}
