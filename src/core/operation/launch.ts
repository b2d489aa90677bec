import type { Lock } from '../../stores/locks.ts';
import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Caller } from '../access/caller.ts';
import type { ChangeCommand } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { type Span, text } from '../reply/reply.ts';
import type { Responder } from '../surface.ts';
import { busy } from './busy.ts';
import { stepData } from './cards.ts';
import { reviveReply } from './delivery.ts';
import { runOperation } from './execute.ts';
import { leaseMs } from './lease.ts';
import type { Plan } from './plan.ts';

/** Claims the environment and runs the operation to its end; true when it ended here. */
export async function launch<P>(
  bot: BotContext<P>,
  command: ChangeCommand<P>,
  record: OperationRecord,
  rev: number,
  caller: Caller,
  responder: Responder,
): Promise<boolean> {
  const now = bot.clock.now().getTime();
  const lock: Lock = {
    operation: record.id,
    command: record.command,
    caller: { id: caller.id, name: caller.name },
    since: now,
    // Its own for every run: a second press in the same process must not pass for the first one asking again.
    owner: `${bot.owner}/${bot.newId()}`,
    until: now + leaseMs,
  };
  // `now` 0: a lease that ran out is not free, its operation waits to be taken over.
  const claim = await bot.stores.locks.claim(record.lock, lock, 0);
  if (!claim.won) {
    if (claim.holder.operation === record.id)
      throw new UserError('conflict', 'This card was used already.', {
        hint: 'Its message shows how it goes.',
      });
    throw busy(claim.holder, record.env, now);
  }
  record.state = 'running';
  record.startedAt = now;
  const next = await bot.stores.operations.save(record, rev);
  if (next === undefined) {
    await bot.stores.locks.release(record.lock, record.id);
    throw new UserError('conflict', 'This card was used already.', {
      hint: 'Its message shows how it goes.',
    });
  }
  const state = await runOperation({
    bot,
    command,
    record,
    rev: next,
    lock,
    caller,
    posted: () => pointTo(bot, record, responder),
  });
  if (state === undefined) return false;
  if (!record.message && record.outcome !== undefined)
    await responder.answer({
      id: record.id,
      state,
      reply: reviveReply(record.outcome),
      steps: stepData(record),
    });
  return true;
}

/** Tells the caller where the operation's message is, in place of the card. */
async function pointTo<P>(bot: BotContext<P>, record: OperationRecord, responder: Responder): Promise<void> {
  if (!record.message) return;
  // Without its link the message stands all the same, and the caller is still owed an answer.
  const link = await bot.progress.link(record.message).catch(() => null);
  if (link === undefined) return;
  const title = `${(record.plan as Plan).doing}`;
  const message: Span = link === null ? 'message' : { kind: 'link', url: link, label: 'message' };
  const where: Span[] = ['Its ', message, ' shows how it goes.'];
  await responder.answer({
    id: record.id,
    state: 'done',
    reply: { title, tone: 'info', summary: title, parts: [text(where)], actions: [] },
  });
}
