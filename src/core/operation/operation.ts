import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Caller } from '../access/caller.ts';
import { lockOf } from '../access/policy.ts';
import { environmentOf } from '../command/catalog.ts';
import type { ChangeCommand } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import type { Invocation } from '../reply/actions.ts';
import { UserError } from '../reply/errors.ts';
import type { Responder } from '../surface.ts';
import { fingerprintOf, type Plan } from './plan.ts';

/** How long a card may be confirmed. */
const confirmableMs = 10 * 60_000;

/** One request for a change, as a surface brings it. */
export interface ChangeRequest<P> {
  id: string;
  command: ChangeCommand<P>;
  args: Invocation['args'];
  caller: Caller;
  responder: Responder;
}

/** A record, and the rev that a compare-and-set starts from. */
export interface StoredOperation {
  record: OperationRecord;
  rev: number;
}

/** `stop dev` */
export const operationName = ({ command, env }: Pick<OperationRecord, 'command' | 'env'>): string =>
  `${command} ${env}`;

/** The plan was made by the command and stored as it was; only its own run reads what is particular to it. */
export const planOf = (record: OperationRecord): Plan => record.plan as Plan;

/** Records a planned change; nothing of it is done yet. */
export async function createOperation<P>(
  { stores, clock, catalog }: BotContext<P>,
  { id, command, args, caller, responder }: ChangeRequest<P>,
  plan: Plan,
): Promise<StoredOperation> {
  const env = environmentOf(args, catalog);
  const now = clock.now().getTime();
  const record: OperationRecord = {
    id,
    command: command.name,
    args,
    env,
    lock: lockOf(command, { id, args, env }),
    caller,
    plan,
    fingerprint: fingerprintOf(command.name, args, plan),
    state: 'planned',
    steps: plan.steps.map((step) => ({ ...step, state: 'todo', sent: false })),
    asked: responder.place,
    intent: false,
    createdAt: now,
    expiresAt: now + confirmableMs,
    takenOver: 0,
    delivered: false,
    told: [],
    followed: false,
  };
  return { record, rev: await stores.operations.create(record) };
}

/** Throws `UserError` not-found. */
export async function findOperation<P>(
  { stores }: Pick<BotContext<P>, 'stores'>,
  id: string,
): Promise<StoredOperation> {
  const found = await stores.operations.find(id);
  if (found) return found;
  throw new UserError('not-found', 'That operation is not on record any more.', {
    hint: 'Ask for it anew.',
  });
}

/** The command that an operation runs. Throws `UserError` conflict where this version has it no more. */
export function commandOf<P>({ catalog }: Pick<BotContext<P>, 'catalog'>, name: string): ChangeCommand<P> {
  const command = catalog.find(name)?.command;
  if (command?.kind === 'change') return command;
  throw new UserError('conflict', `This bot has no ${name} any more.`, { hint: 'Nothing was changed.' });
}
