import { spell } from './cards.ts';
import type { Asked } from './planning.ts';
import { UserError } from '../reply/errors.ts';
import type { House } from '../context.ts';
import type { Hold } from './record.ts';
import { type Action, invoke, move, type Reply, type Span, text } from '../reply/reply.ts';

/** Somebody changes this environment now: the same is joined, the opposite is offered, anything else waits. True when answered. */
export async function answerTheBusy<P>(
  house: House<P>,
  { id, command, caller, conversation }: Asked<P>,
  env: string,
): Promise<boolean> {
  const holder = await house.operations.holder(env);
  if (!holder) return false;
  const now = house.clock.now().getTime();
  const running = house.registry.find(holder.command)?.command;
  const record = (await house.operations.find(holder.operation))?.record;
  const link = record?.message && (await house.board.link(record.message));
  const since = spell(now - holder.since);
  const live: Span[] =
    link === undefined ? [] : [' ', { kind: 'link', url: link, label: 'See how it goes' }, '.'];
  const actions: Action[] = [move('Tell me', 'tell', holder.operation)];
  const opposite = running?.kind === 'change' && running.inverse === command.name;
  if (holder.command !== command.name && !opposite) throw busy(holder, env, now);
  if (opposite && command.confirm === 'none')
    actions.unshift(move(`Then ${command.name} it`, 'follow', holder.operation, 'primary'));
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
  await conversation.answer({ id, state: 'refused', reply });
  return true;
}

/** The refusal that says who holds the environment, and since when. */
export function busy(holder: Hold, env: string, now: number): UserError {
  return new UserError(
    'conflict',
    `Not done: ${env} is held by ${holder.caller.name}’s ${holder.command}, since ${spell(now - holder.since)}.`,
    {
      hint: 'One environment, one change at a time. Try again when it ends.',
      actions: [move('Tell me', 'tell', holder.operation), invoke('Status', 'status', { env })],
    },
  );
}
