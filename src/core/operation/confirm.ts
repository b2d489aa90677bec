import { authorize } from '../access/authorize.ts';
import type { Caller } from '../access/caller.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { invoke, text } from '../reply/reply.ts';
import type { Responder } from '../surface.ts';
import { launch } from './launch.ts';
import { commandOf, findOperation, fingerprintOf, makePlan } from './planning.ts';
import { beginFollowUp } from './request.ts';

/** The second half of a change that waited for its caller's yes: checked again at the click, used once. */
export async function confirmChange<P>(
  bot: BotContext<P>,
  id: string,
  caller: Caller,
  responder: Responder,
  signal: AbortSignal,
): Promise<void> {
  const { record, rev } = await findOperation(bot, id);
  const command = commandOf(bot, record);
  await authorize(
    bot.roleDirectory,
    caller,
    { command: record.command, role: command.role, env: record.env },
    'live',
  );
  if (caller.id !== record.caller.id) {
    throw new UserError('forbidden', `Not done: this card is ${record.caller.name}’s to confirm.`, {
      hint: 'Ask for it yourself: you get your own card.',
      actions: [invoke(`${record.command} ${record.env}`, record.command, record.args)],
    });
  }
  if (record.state !== 'planned')
    throw new UserError('conflict', `This card was used already: the operation is ${record.state}.`, {
      hint: 'See status for how things stand.',
    });
  const again = invoke('Plan again', record.command, record.args);
  if (bot.clock.now().getTime() > record.expiresAt) {
    throw new UserError('conflict', 'This card is older than ten minutes, so nothing was done.', {
      hint: 'Plan it again: things may have changed.',
      actions: [again],
    });
  }
  const asked = { id, command, args: record.args, caller, responder, signal };
  const plan = await makePlan(bot, asked);
  if (plan.nothing || fingerprintOf(record.command, record.args, plan) !== record.fingerprint) {
    throw new UserError('conflict', 'Things have changed since this card was made, so nothing was done.', {
      hint: 'Plan it again and look at what is different.',
      actions: [again],
    });
  }
  if (await launch(bot, command, record, rev, caller, responder)) {
    await beginFollowUp(bot, record, responder.place);
  }
}

/** Takes the card back: nothing is done. */
export async function dismissChange<P>(
  bot: BotContext<P>,
  id: string,
  caller: Caller,
  responder: Responder,
): Promise<void> {
  const { record, rev } = await findOperation(bot, id);
  if (record.state !== 'planned')
    throw new UserError('conflict', `Too late to take back: the operation is ${record.state}.`, {
      actions: [invoke('Status', 'status', { env: record.env })],
    });
  if (caller.id !== record.caller.id)
    throw new UserError('forbidden', `This card is ${record.caller.name}’s.`);
  record.state = 'refused';
  if ((await bot.stores.operations.save(record, rev)) === undefined)
    throw new UserError('conflict', 'Somebody was faster; see status.');
  const title = `Not done: ${record.command} ${record.env} was taken back`;
  await responder.answer({
    id,
    state: 'refused',
    reply: { title, tone: 'info', summary: title, parts: [text('Nothing was changed.')], actions: [] },
  });
}
