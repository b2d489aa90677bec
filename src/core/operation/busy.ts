import type { Lock, LockName } from '../../stores/locks.ts';
import { confirmationOf, lockLabel, lockOf } from '../access/policy.ts';
import { environmentOf } from '../command/catalog.ts';
import type { BotContext } from '../context.ts';
import { type Action, operationAction } from '../reply/actions.ts';
import { UserError } from '../reply/errors.ts';
import { text } from '../reply/parts.ts';
import { createReply } from '../reply/reply.ts';
import type { Span } from '../reply/text.ts';
import { duration } from './cards.ts';
import type { ChangeRequest } from './operation.ts';

/** Somebody holds what this change would lock: the same is joined, the opposite is offered, anything else waits. True when answered. */
export async function answerBusy<P>(bot: BotContext<P>, asked: ChangeRequest<P>): Promise<boolean> {
  const { id, command, args, caller, responder } = asked;
  const env = environmentOf(args, bot.catalog);
  const name = lockOf(command, { id, args, env });
  const holder = await bot.stores.locks.holder(name);
  if (!holder) return false;
  const record = (await bot.stores.operations.find(holder.operation))?.record;
  const running = bot.catalog.find(holder.command)?.command;
  const inverse = record && running?.kind === 'change' ? running.inverse?.(record.args) : undefined;
  const opposite = inverse?.command === command.name;
  if (holder.command !== command.name && !opposite) throw heldBy(holder, name, bot);
  const link = record?.message && (await bot.progress.link(record.message));
  const actions: Action[] = [operationAction('Tell me', 'tell', holder.operation)];
  if (opposite && confirmationOf(bot, asked) === 'none')
    actions.unshift(operationAction(`Then ${command.name} it`, 'follow', holder.operation, 'primary'));
  const underWay = `${holder.command} ${lockLabel(name)} is under way`;
  const since = duration(bot.clock.now().getTime() - holder.since);
  const live: Span[] =
    link === undefined ? [] : [' ', { kind: 'link', url: link, label: 'See how it goes' }, '.'];
  const who = holder.caller.id === caller.id ? 'You' : holder.caller.name;
  const reply = createReply({
    title: opposite ? `Not yet: ${underWay}` : `${underWay} already`,
    tone: 'info',
    parts: [text([`${who} began it ${since} ago.`, ...live, ' Nothing was done for you.'])],
    actions,
  });
  await responder.answer({ id, state: 'refused', reply });
  return true;
}

/** The refusal that says who holds the lock, and since when. */
export function heldBy<P>(
  holder: Lock,
  name: LockName,
  { clock, catalog }: Pick<BotContext<P>, 'clock' | 'catalog'>,
): UserError {
  const since = duration(clock.now().getTime() - holder.since);
  return new UserError(
    'conflict',
    `Not done: ${lockLabel(name)} is held by ${holder.caller.name}’s ${holder.command}, since ${since}.`,
    {
      hint: 'One change at a time. Try again when it ends.',
      actions: [
        operationAction('Tell me', 'tell', holder.operation),
        ...catalog.button('overview', 'Status', { env: name.env }),
      ],
    },
  );
}

export const cardUsed = (): UserError =>
  new UserError('conflict', 'This card was used already.', { hint: 'Its message shows how it goes.' });
