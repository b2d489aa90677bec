import { createHash } from 'node:crypto';
import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Caller } from '../access/caller.ts';
import type { ChangeCommand } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import type { Invocation } from '../reply/reply.ts';
import type { Responder } from '../surface.ts';
import type { Plan } from './plan.ts';

/** One request for a change, as a surface brings it. */
export interface ChangeRequest<P> {
  id: string;
  command: ChangeCommand<P>;
  args: Invocation['args'];
  caller: Caller;
  responder: Responder;
  signal: AbortSignal;
}

export const environmentOf = <P>(args: Invocation['args'], bot: Pick<BotContext<P>, 'catalog'>): string =>
  String(args.env ?? bot.catalog.vocabulary.defaultEnvironment);

/** Asks the command for its plan; one that would touch the bot itself is refused. */
export async function makePlan<P>(
  bot: BotContext<P>,
  { command, args, caller, signal }: ChangeRequest<P>,
): Promise<Plan> {
  const plan = await command.plan({ args, platform: bot.platform, caller, signal });
  const own = plan.targets.find((target) => target.service === 'chatops' || target.id === bot.selfInstance);
  if (own)
    throw new UserError('forbidden', `Not done: ${own.name} is what this bot runs on.`, {
      hint: 'Do that from a laptop, by the guide.',
    });
  return plan;
}

/** Same command, same targets in the same states: what a confirmation is bound to. */
export function fingerprintOf(command: string, args: Invocation['args'], plan: Plan): string {
  const facts = plan.targets.map(({ kind, id, verb, state }) => [kind, id, verb, state]);
  return createHash('sha256')
    .update(JSON.stringify([command, Object.entries(args).sort(), facts]))
    .digest('hex');
}

/** Throws `UserError` not-found. */
export async function findOperation<P>(bot: BotContext<P>, id: string) {
  const found = await bot.stores.operations.find(id);
  if (!found)
    throw new UserError('not-found', 'That operation is not on record any more.', {
      hint: 'Ask for it anew.',
    });
  return found;
}

/** The command that an operation runs. Throws `UserError` when this version has it no more. */
export function commandOf<P>(bot: BotContext<P>, record: OperationRecord): ChangeCommand<P> {
  const command = bot.catalog.find(record.command)?.command;
  if (command?.kind === 'change') return command;
  throw new UserError('conflict', `This bot has no ${record.command} any more.`);
}
