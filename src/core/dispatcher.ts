import type { OperationRecord } from '../stores/operation-record.ts';
import { authorize } from './access/authorize.ts';
import type { Caller } from './access/caller.ts';
import { confirmationOf } from './access/policy.ts';
import { environmentOf } from './command/catalog.ts';
import { invocationOf, type Parsed, parse } from './command/parser.ts';
import type { BotContext, ReadOnlyContext } from './context.ts';
import { recordRefusal } from './operation/audit.ts';
import { answerBusy, cardUsed } from './operation/busy.ts';
import { planCard, stepData } from './operation/cards.ts';
import { pointTo, reviveReply } from './operation/delivery.ts';
import { claimLock, freeLock, renewLock } from './operation/lease.ts';
import {
  type ChangeRequest,
  commandOf,
  createOperation,
  findOperation,
  type StoredOperation,
} from './operation/operation.ts';
import { fingerprintOf, planChange } from './operation/plan.ts';
import { cancel, dismiss, follow, tell } from './operation/requests.ts';
import { runOperation } from './operation/run.ts';
import { runRead } from './read.ts';
import { type Invocation, invoke, type OperationAction } from './reply/actions.ts';
import type { Answer } from './reply/answer.ts';
import { errorReply } from './reply/error-reply.ts';
import { UserError } from './reply/errors.ts';
import { redactDeep } from './reply/redaction.ts';
import { nothingChanged } from './reply/reply.ts';
import { withManyListeners } from './signal.ts';
import type { Responder } from './surface.ts';

interface Incoming {
  caller: Caller;
  responder: Responder;
}

/** Where every surface hands over what it was asked. Each call answers through its responder and throws only what the responder itself throws. */
export interface Dispatcher {
  /** A typed line, without the prompt. Resolves when everything it began has ended. */
  line(input: Incoming & { id: string; line: string }): Promise<void>;
  /** A read's button: authorised as if its words had been typed, the role looked up anew at the click. */
  invoke(input: Incoming & { id: string; invocation: Invocation }): Promise<void>;
  /** What a click asks of an operation. */
  operate(input: Incoming & { move: OperationAction; operation: string }): Promise<void>;
}

interface DispatchOptions<P> {
  bot: BotContext<P> | ReadOnlyContext<P>;
  /** Why changes are refused, where the bot only reads. */
  without?: string;
}

/** A read, or one plan, takes 25 s at most. */
const patience = (): AbortSignal => withManyListeners(AbortSignal.timeout(25_000));

/**
 * The one road of every request:
 *
 *     parse → authorize → read: run, render
 *                       → change: busy? → plan → confirm → authorize again
 *                         → claim lock → plan again, same fingerprint → record intent → run → record outcome → render
 *
 * `requestChange`, `confirmChange` and `begin` are its parts; from the intent on it goes on in `runOperation`.
 */
export function createDispatcher<P>({ bot, without }: DispatchOptions<P>): Dispatcher {
  const { catalog, log } = bot;

  async function perform(
    { command, args }: Parsed<P>,
    { id, caller, responder }: Incoming & { id: string },
    freshness: 'cached' | 'live',
  ): Promise<void> {
    if (command.kind === 'change')
      return requestChange(changing(bot, without), { id, command, args, caller, responder });
    const wanted = { command: command.name, role: command.role, env: environmentOf(args, catalog) };
    if (!command.open) await authorize(bot, caller, wanted, command.freshness ?? freshness);
    await runRead(bot, { id, command, args, caller, responder }, patience());
  }

  /** The one catch: an expected error in its own words, a bug as a reference. */
  async function guarded(id: string, responder: Responder, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const { state, reply, bug } = errorReply(error, id);
      if (bug) log.error({ id, error }, 'a bug reached the caller');
      const missing = error instanceof UserError ? error.missing : undefined;
      await responder.answer({ id, state, reply: redactDeep(reply), ...(missing && { missing }) });
    }
  }

  return {
    line: ({ line, ...asked }) =>
      guarded(asked.id, asked.responder, async () => perform(parse(line, catalog), asked, 'cached')),
    invoke: ({ invocation, ...asked }) =>
      guarded(asked.id, asked.responder, async () =>
        perform(invocationOf(invocation, catalog), asked, 'live'),
      ),
    operate: ({ move, operation, caller, responder }) =>
      guarded(operation, responder, async () =>
        operationActions[move](changing(bot, without), operation, caller, responder),
      ),
  };
}

const operationActions: Record<
  OperationAction,
  <P>(bot: BotContext<P>, id: string, caller: Caller, responder: Responder) => Promise<void>
> = { confirm: confirmChange, dismiss, cancel, tell, follow };

/** Without store or trail reads go on, and changes are refused, saying why. */
function changing<P>(bot: BotContext<P> | ReadOnlyContext<P>, without = 'it has no table'): BotContext<P> {
  if ('stores' in bot) return bot;
  throw new UserError('unavailable', `Not done: this bot can only look, because ${without}.`, {
    hint: 'Nothing was changed. Looking goes on as usual.',
  });
}

/** Authorize, busy?, plan; then the card that waits for a yes, or the run where nobody has to say it. */
async function requestChange<P>(bot: BotContext<P>, asked: ChangeRequest<P>): Promise<void> {
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
async function confirmChange<P>(
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
  const posted = () => pointTo(bot, record, responder);
  const state = await runOperation({ bot, command, record, rev: next, lock, caller, posted });
  if (state === undefined) return;
  if (!record.message && record.outcome !== undefined) {
    const reply = reviveReply(record.outcome);
    await responder.answer({ id: record.id, state, reply, steps: stepData(record) });
  }
  await beginNext(bot, record, responder.place);
}

/** Begins what somebody asked for meanwhile, as if they asked now; they are answered in the thread of the first. */
export async function beginNext<P>(
  bot: BotContext<P>,
  record: OperationRecord,
  place = record.asked,
): Promise<void> {
  const who = (await bot.stores.operations.find(record.id))?.requests.follow;
  if (!who || record.state === 'refused') return;
  const id = bot.newId();
  bot.log.info({ operation: record.id, next: id }, 'beginning what was queued');
  const answer = async ({ state, reply }: Answer) => {
    if (!record.message) return;
    const mention = { kind: 'person', ...who, mention: true } as const;
    await bot.progress.tell(record.message, { id: record.id, state, reply }, [mention]);
  };
  const caller: Caller = { ...who, surface: record.caller.surface };
  try {
    const inverse = commandOf(bot, record.command).inverse?.(record.args);
    const next = inverse && invocationOf(inverse, bot.catalog);
    if (next?.command.kind !== 'change') return;
    await requestChange(bot, {
      id,
      command: next.command,
      args: next.args,
      caller,
      responder: { place, answer },
    });
  } catch (error) {
    bot.log.warn({ operation: record.id, error }, 'what was queued did not begin');
    const { state, reply } = errorReply(error, id);
    await answer({ id, state, reply: redactDeep(reply) }).catch((fault: unknown) =>
      bot.log.warn({ operation: record.id, error: fault }, 'what became of the queued change was not told'),
    );
  }
}
