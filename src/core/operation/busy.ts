import type { Lock } from '../../stores/locks.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { type Action, invoke, operationAction, type Reply, type Span, text } from '../reply/reply.ts';
import { duration } from './cards.ts';
import type { ChangeRequest } from './planning.ts';

/** Somebody changes this environment now: the same is joined, the opposite is offered, anything else waits. True when answered. */
export async function answerBusy<P>(
  bot: BotContext<P>,
  { id, command, caller, responder }: ChangeRequest<P>,
  env: string,
): Promise<boolean> {
  const holder = await bot.stores.locks.holder({ env });
  if (!holder) return false;
  const now = bot.clock.now().getTime();
  const running = bot.catalog.find(holder.command)?.command;
  const record = (await bot.stores.operations.find(holder.operation))?.record;
  const link = record?.message && (await bot.progress.link(record.message));
  const since = duration(now - holder.since);
  const live: Span[] =
    link === undefined ? [] : [' ', { kind: 'link', url: link, label: 'See how it goes' }, '.'];
  const actions: Action[] = [operationAction('Tell me', 'tell', holder.operation)];
  const opposite = running?.kind === 'change' && running.inverse === command.name;
  if (holder.command !== command.name && !opposite) throw busy(holder, env, now);
  if (opposite && command.confirm === 'none')
    actions.unshift(operationAction(`Then ${command.name} it`, 'follow', holder.operation, 'primary'));
  const title = opposite
    ? `Not yet: ${holder.command} ${env} is under way`
    : `${holder.command} ${env} is under way already`;
  const reply: Reply = {
    title,
    tone: 'info',
    summary: title,
    parts: [
      text([
        `${holder.caller.id === caller.id ? 'You' : holder.caller.name} began it ${since} ago.`,
        ...live,
        ' Nothing was done for you.',
      ]),
    ],
    actions,
  };
  await responder.answer({ id, state: 'refused', reply });
  return true;
}

/** The refusal that says who locks the environment, and since when. */
export function busy(holder: Lock, env: string, now: number): UserError {
  return new UserError(
    'conflict',
    `Not done: ${env} is held by ${holder.caller.name}’s ${holder.command}, since ${duration(now - holder.since)}.`,
    {
      hint: 'One environment, one change at a time. Try again when it ends.',
      actions: [operationAction('Tell me', 'tell', holder.operation), invoke('Status', 'status', { env })],
    },
  );
}
