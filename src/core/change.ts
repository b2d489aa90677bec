import type { OperationRecord } from '../stores/operation-record.ts';
import type { Requester } from '../stores/operations.ts';
import { authorize } from './access/authorize.ts';
import type { Caller } from './access/caller.ts';
import { confirmationOf } from './access/policy.ts';
import { retry } from './clock.ts';
import { environmentOf } from './command/catalog.ts';
import { invocationOf } from './command/parser.ts';
import type { BotContext } from './context.ts';
import { recordRefusal } from './operation/audit.ts';
import { answerBusy, cardUsed } from './operation/busy.ts';
import { planCard } from './operation/cards.ts';
import { claimDelivery, isSettled } from './operation/delivery.ts';
import { claimLock, freeLock, LeaseLost, renewLock } from './operation/lease.ts';
import {
  type ChangeRequest,
  commandOf,
  createOperation,
  findOperation,
  type StoredOperation,
} from './operation/operation.ts';
import { fingerprintOf, planChange } from './operation/plan.ts';
import { runOperation } from './operation/run.ts';
import { invoke } from './reply/actions.ts';
import type { Answer } from './reply/answer.ts';
import { errorReply } from './reply/error-reply.ts';
import { UserError } from './reply/errors.ts';
import { redactDeep } from './reply/redaction.ts';
import { nothingChanged } from './reply/reply.ts';
import { withManyListeners } from './signal.ts';
import type { Responder } from './surface.ts';

/** A read, or one plan, takes 25 s at most. */
export const patience = (): AbortSignal => withManyListeners(AbortSignal.timeout(25_000));

/** Authorize, busy?, plan; then the card that waits for a yes, or the run where nobody has to say it. */
export async function requestChange<P>(bot: BotContext<P>, asked: ChangeRequest<P>): Promise<void> {
  const { id, command, args, caller, responder } = asked;
  const env = environmentOf(args, bot.catalog);
  try {
    await authorize(bot, caller, { command: command.name, role: command.role, env }, 'live');
  } catch (error) {
    await recordRefusal(bot, asked, error);
    throw error;
  }
  const confirmation = confirmationOf(bot, asked);
  if (confirmation === 'second') {
    throw new UserError(
      'unavailable',
      `Not done: ${command.name} in ${env} needs a second person’s approval, which this bot can’t take yet.`,
      { hint: `${nothingChanged} Until then this one is done by hand, by the guide.` },
    );
  }
  if (await answerBusy(bot, asked)) return;
  const plan = await planChange(bot, asked, patience());
  if (plan.nothing) return responder.answer({ id, state: 'done', reply: redactDeep(plan.nothing) });
  const operation = await createOperation(bot, asked, plan);
  if (confirmation === 'none') return begin(bot, asked, operation);
  const card = redactDeep(planCard(operation.record, plan));
  await responder.answer({ id, state: 'waiting', reply: card });
}

/** The yes to a card: authorized again, its own caller's, once, within ten minutes. */
export async function confirmChange<P>(
  bot: BotContext<P>,
  id: string,
  caller: Caller,
  responder: Responder,
): Promise<void> {
  const operation = await findOperation(bot, id);
  const { command: name, args, env, state, expiresAt, caller: owner } = operation.record;
  const command = commandOf(bot, name);
  await authorize(bot, caller, { command: name, role: command.role, env }, 'live');
  if (caller.id !== owner.id) {
    throw new UserError('forbidden', `Not done: this card is ${owner.name}’s to confirm.`, {
      hint: 'Ask for it yourself: you get your own card.',
      actions: [invoke(`${name} ${env}`, name, args)],
    });
  }
  if (state !== 'planned')
    throw new UserError('conflict', `This card was used already: the operation is ${state}.`, {
      actions: bot.catalog.button('overview', 'Status', { env }),
    });
  if (bot.clock.now().getTime() > expiresAt) {
    throw new UserError('conflict', 'This card is older than ten minutes, so nothing was done.', {
      hint: 'Plan it again: things may have changed.',
      actions: [invoke('Plan again', name, args)],
    });
  }
  await begin(bot, { id, command, args, caller, responder }, operation);
}

/** Claims the lock, plans again behind it, and runs what is still the same; then what was asked to follow. */
async function begin<P>(
  bot: BotContext<P>,
  asked: ChangeRequest<P>,
  { record, rev }: StoredOperation,
): Promise<void> {
  const { command, args, caller, responder } = asked;
  const lock = await claimLock(bot, record, caller);
  try {
    const plan = await planChange(bot, asked, patience());
    if (plan.nothing || fingerprintOf(command.name, args, plan) !== record.fingerprint) {
      throw new UserError('conflict', 'Things have changed since this was planned, so nothing was done.', {
        hint: 'Plan it again and look at what is different.',
        actions: [invoke('Plan again', command.name, args)],
      });
    }
    await renewLock(bot, record, lock);
  } catch (error) {
    await freeLock(bot, record);
    throw error;
  }
  record.state = 'running';
  record.startedAt = lock.since;
  const next = await bot.stores.operations.save(record, rev);
  if (next === undefined) {
    await freeLock(bot, record);
    throw cardUsed();
  }
  const state = await runOperation({ bot, command, record, rev: next, lock, caller, responder });
  if (state !== undefined) await beginNext(bot, record.id);
}

/** Begins what somebody of this surface asked for meanwhile, once its first has been told, as if they asked now. By its claim only one process does, once. */
export async function beginNext<P>(bot: BotContext<P>, first: string): Promise<void> {
  const { operations } = bot.stores;
  const found = await operations.find(first);
  const { record, requests } = found ?? {};
  const who = requests?.follow;
  if (!found || !record?.delivered || record.followed || who?.surface !== bot.progress.surface) return;
  const lease = await claimDelivery(bot, found);
  if (!lease) return;
  if (!(await hasBegun(bot, record.next))) {
    const id = bot.newId();
    await lease.write((one) => {
      one.next = id;
    });
    await requestNext(bot, { id, record, who });
  }
  // Who was slow here finds that another has seen it begin.
  await lease
    .write((one) => {
      one.followed = true;
      one.deliveryUntil = 0;
    })
    .catch((error: unknown) => {
      if (!(error instanceof LeaseLost)) throw error;
    });
  const now = await operations.find(first);
  if (!now || isSettled(now.record, now.requests)) await operations.close(record.env, first);
}

/** Whether an operation came to more than its plan; one whose process died before that is asked for anew. */
async function hasBegun<P>({ stores }: BotContext<P>, id: string | undefined): Promise<boolean> {
  const found = id === undefined ? undefined : await stores.operations.find(id);
  return found !== undefined && found.record.state !== 'planned';
}

interface Next {
  id: string;
  record: OperationRecord;
  who: Requester;
}

/** Asks for what takes an operation back in the name of who wanted it to follow; they are answered where its outcome was told. */
async function requestNext<P>(bot: BotContext<P>, { id, record, who }: Next): Promise<void> {
  bot.log.info({ operation: record.id, next: id }, 'beginning what was queued');
  const answer = ({ state, reply }: Answer) =>
    bot.progress.tell(record, { id: record.id, state, reply }, [who]);
  const { place = record.asked, ...person } = who;
  try {
    const inverse = commandOf(bot, record.command).inverse?.(record.args);
    const next = inverse && invocationOf(inverse, bot.catalog);
    if (next?.command.kind !== 'change') return;
    const { command, args } = next;
    await requestChange(bot, { id, command, args, caller: person, responder: { place, answer } });
  } catch (error) {
    bot.log.warn({ operation: record.id, error }, 'what was queued did not begin');
    const { state, reply } = errorReply(error, id);
    const told = await retry(bot.clock, () => answer({ id, state, reply: redactDeep(reply) }));
    if (!told) bot.log.warn({ operation: record.id }, 'what became of the queued change was not told');
  }
}
