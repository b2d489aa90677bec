import { authorize } from './access/authorize.ts';
import type { Caller } from './access/caller.ts';
import { confirmChange, patience, requestChange } from './change.ts';
import { environmentOf } from './command/catalog.ts';
import { invocationOf, type Parsed, parse } from './command/parser.ts';
import type { BotContext, ReadOnlyContext } from './context.ts';
import { cancel, dismiss, follow, requestCancel, tell } from './operation/requests.ts';
import { runRead } from './read.ts';
import type { Invocation, OperationAction } from './reply/actions.ts';
import { errorReply } from './reply/error-reply.ts';
import { UserError } from './reply/errors.ts';
import { redactDeep } from './reply/redaction.ts';
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

/**
 * The one road of every request:
 *
 *     parse → authorize → read: run, render
 *                       → change: busy? → plan → confirm → authorize again
 *                         → claim lock → plan again, same fingerprint → record intent → run → record outcome → render
 *
 * A change’s part of it is in `change.ts`; from the intent on it goes on in `runOperation`.
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
    const cancel = async (operation: string) =>
      void (await requestCancel(changing(bot, without), operation, caller));
    await runRead(bot, { id, command, args, caller, responder, cancel }, patience());
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
