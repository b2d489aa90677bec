import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Requester } from '../../stores/operations.ts';
import { authorize } from '../access/authorize.ts';
import type { Caller } from '../access/caller.ts';
import { confirmationOf } from '../access/policy.ts';
import { environmentOf } from '../command/catalog.ts';
import { invocationOf } from '../command/parser.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { text } from '../reply/parts.ts';
import { createReply, nothingChanged } from '../reply/reply.ts';
import type { Responder } from '../surface.ts';
import { recordCancel, recordRefusal } from './audit.ts';
import { commandOf, findOperation, operationName } from './operation.ts';

type OperationRequest = <P>(
  bot: BotContext<P>,
  id: string,
  caller: Caller,
  responder: Responder,
) => Promise<void>;

/** Takes one's own card back: nothing is done. */
export const dismiss: OperationRequest = async (bot, id, caller, responder) => {
  const { record, rev } = await findOperation(bot, id);
  if (record.state !== 'planned') throw tooLate(bot, record, `take back: the operation is ${record.state}`);
  if (caller.id !== record.caller.id)
    throw new UserError('forbidden', `This card is ${record.caller.name}’s.`);
  record.state = 'refused';
  if ((await bot.stores.operations.save(record, rev)) === undefined)
    throw tooLate(bot, record, 'take back: somebody was faster');
  const title = `Not done: ${operationName(record)} was taken back`;
  await responder.answer({
    id,
    state: 'refused',
    reply: createReply({ title, tone: 'info', parts: [text(nothingChanged)] }),
  });
};

/** Lets the step that is under way end, and no other begin: for whoever may run what it cancels. Throws what kept it from being asked. */
export async function requestCancel<P>(
  bot: BotContext<P>,
  id: string,
  caller: Caller,
): Promise<OperationRecord> {
  const { record } = await findOperation(bot, id);
  const command = commandOf(bot, record.command);
  const { name, role } = command;
  try {
    await authorize(bot, caller, { command: `cancelling ${name}`, role, env: record.env }, 'live');
  } catch (error) {
    await recordRefusal(bot, { id, command, args: record.args, caller }, error);
    throw error;
  }
  if (!(await bot.stores.operations.request(id, { cancel: caller.name })))
    throw tooLate(bot, record, `cancel: ${name} is ${record.state} already`);
  await recordCancel(bot, record, caller);
  return record;
}

/** The same by a button. */
export const cancel: OperationRequest = async (bot, id, caller, responder) => {
  const name = operationName(await requestCancel(bot, id, caller));
  await acknowledge(responder, id, `The current step of ${name} ends, no other begins.`);
};

/** Mentions the caller when the operation ends. */
export const tell: OperationRequest = async (bot, id, caller, responder) => {
  const { record } = await findOperation(bot, id);
  const wanted = { command: `being told of ${record.command}`, role: 'viewer', env: record.env } as const;
  await authorize(bot, caller, wanted, 'live');
  if (!(await bot.stores.operations.request(id, { tell: requesterOf(caller, responder) })))
    throw tooLate(bot, record, `be told: ${record.command} is ${record.state} already`);
  await acknowledge(responder, id, `You will be told when ${operationName(record)} ends.`);
};

/** Lets what takes it back begin when it ends; only what nobody has to confirm. */
export const follow: OperationRequest = async (bot, id, caller, responder) => {
  const { record } = await findOperation(bot, id);
  const name = operationName(record);
  const inverse = commandOf(bot, record.command).inverse?.(record.args);
  const next = inverse && invocationOf(inverse, bot.catalog);
  if (
    next?.command.kind !== 'change' ||
    confirmationOf(bot, { ...next, command: next.command, caller }) !== 'none'
  )
    throw new UserError('conflict', `Nothing can follow ${record.command} by itself.`);
  const env = environmentOf(next.args, bot.catalog);
  await authorize(bot, caller, { command: next.command.name, role: next.command.role, env }, 'live');
  if (!(await bot.stores.operations.request(id, { follow: requesterOf(caller, responder) }))) {
    throw new UserError('conflict', `Something follows ${name} already, or it has ended.`, {
      actions: bot.catalog.button('overview', 'Status', { env: record.env }),
    });
  }
  await acknowledge(responder, id, `${next.command.name} ${env} begins when ${record.command} ends.`);
};

/** Where somebody is told what they asked for. */
const requesterOf = ({ id, name, surface }: Caller, { place }: Responder): Requester => ({
  id,
  name,
  surface,
  place,
});

const tooLate = <P>({ catalog }: BotContext<P>, { env }: { env: string }, what: string): UserError =>
  new UserError('conflict', `Too late to ${what}.`, {
    actions: catalog.button('overview', 'Status', { env }),
  });

async function acknowledge(responder: Responder, id: string, title: string): Promise<void> {
  const reply = createReply({ title, tone: 'info', parts: [text('You may close this.')] });
  await responder.answer({ id, state: 'done', reply });
}
