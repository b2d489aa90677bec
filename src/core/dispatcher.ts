import { authorize } from './access/authorize.ts';
import type { Caller } from './access/caller.ts';
import { atLeast } from './access/caller.ts';
import type { Catalog } from './command/catalog.ts';
import type { ReadCommand } from './command/command.ts';
import { invocationOf, type Parsed, parse } from './command/parser.ts';
import type { BotContext } from './context.ts';
import { confirmChange, dismissChange } from './operation/confirm.ts';
import { commandOf, environmentOf, findOperation } from './operation/planning.ts';
import { requestChange } from './operation/request.ts';
import { errorReply } from './reply/error-reply.ts';
import { bugReport, UserError } from './reply/errors.ts';
import { redactDeep } from './reply/redaction.ts';
import { type Answer, type Invocation, type OperationAction, type Reply, text } from './reply/reply.ts';
import type { Responder } from './surface.ts';

interface Incoming {
  caller: Caller;
  responder: Responder;
}

/** Where every surface knocks. Each call answers through its responder and throws only what responder itself throws. */
export interface Dispatcher {
  /** A typed line, without the prompt. Resolves when everything it began has ended. */
  line(input: Incoming & { id: string; line: string }): Promise<void>;
  /** A read's button: authorised as if its words had been typed, the role looked up anew at the click. */
  invoke(input: Incoming & { id: string; invocation: Invocation }): Promise<void>;
  /** What a click asks of an operation. */
  operate(input: Incoming & { move: OperationAction; operation: string }): Promise<void>;
}

/** The bot without store or trail: reads go on, changes are refused, saying why. */
export type ReadOnlyContext<P> = Pick<
  BotContext<P>,
  'catalog' | 'platform' | 'roleDirectory' | 'clock' | 'log' | 'newId'
>;

interface DispatchOptions<P> {
  bot: BotContext<P> | ReadOnlyContext<P>;
  /** Why changes are refused, where the bot is bare. */
  without?: string;
}

// A read answers within this or says that it could not.
const readMs = 25_000;

export function createDispatcher<P>({ bot, without }: DispatchOptions<P>): Dispatcher {
  const { catalog, log } = bot;

  /** The one catch: an expected error in its own words, a bug as a reference. */
  async function guarded(id: string, responder: Responder, act: () => Promise<void>): Promise<void> {
    try {
      await bugReport.run((error) => log.error({ id, error }, 'a bug became a row of an answer'), act);
    } catch (error) {
      const { state, reply, bug } = errorReply(error, id);
      if (bug) log.error({ id, error }, 'a bug reached the caller');
      await responder.answer({ id, state, reply: redactDeep(reply) });
    }
  }

  async function perform(
    id: string,
    { command, args }: Parsed<P>,
    { caller, responder }: Incoming,
    freshness: 'cached' | 'live',
  ): Promise<void> {
    if (command.kind === 'read')
      await read(bot, catalog, command, { id, args, caller, responder, freshness });
    else {
      await requestChange(requireStores(bot, without), {
        id,
        command,
        args,
        caller,
        responder,
        signal: AbortSignal.timeout(readMs),
      });
    }
  }

  return {
    line: ({ id, line, ...spoken }) =>
      guarded(id, spoken.responder, () => perform(id, parse(line, catalog), spoken, 'cached')),
    invoke: ({ id, invocation, ...spoken }) =>
      guarded(id, spoken.responder, () => perform(id, invocationOf(invocation, catalog), spoken, 'live')),
    operate: ({ move, operation, caller, responder }) =>
      guarded(operation, responder, () =>
        operationActions[move](requireStores(bot, without), operation, caller, responder),
      ),
  };
}

async function read<P>(
  bot: ReadOnlyContext<P>,
  catalog: Catalog<P>,
  command: ReadCommand<P>,
  {
    id,
    args,
    caller,
    responder,
    freshness,
  }: Incoming & { id: string; args: Invocation['args']; freshness: 'cached' | 'live' },
): Promise<void> {
  const env = environmentOf(args, bot);
  if (!command.open) {
    await authorize(
      bot.roleDirectory,
      caller,
      { command: command.name, role: command.role, env },
      command.freshness ?? freshness,
    );
  }
  const invocation: Invocation = { command: command.name, args };
  const shareable = command.shareable;
  let latest = Promise.resolve();
  const show = (state: Answer['state'], reply: Reply) => {
    latest = latest.then(() =>
      responder.answer({
        id,
        state,
        reply: redactDeep(reply),
        shareable: shareable && state === 'done',
        private: command.role !== 'viewer',
        invocation,
      }),
    );
    return latest;
  };
  const settled = async () => {
    await latest.catch(() => undefined);
    latest = Promise.resolve();
  };
  const interim = (reply: Reply) =>
    void show('working', reply).catch((error: unknown) =>
      bot.log.warn({ id, error }, 'an interim answer was not shown'),
    );
  try {
    const reply = await command.run({
      args,
      platform: bot.platform,
      caller,
      signal: AbortSignal.timeout(readMs),
      interim,
      catalog,
    });
    await settled();
    await show('done', reply);
  } catch (error) {
    // What is said of it next must not be overtaken by what was said before.
    await settled();
    throw error;
  }
}

function requireStores<P>(
  bot: BotContext<P> | ReadOnlyContext<P>,
  without: string | undefined,
): BotContext<P> {
  if ('stores' in bot) return bot;
  throw new UserError(
    'unavailable',
    `Not done: this bot can only look, because ${without ?? 'it has no table'}.`,
    {
      hint: 'Nothing was changed. Looking goes on as usual.',
    },
  );
}

const operationActions: Record<
  OperationAction,
  <P>(bot: BotContext<P>, id: string, caller: Caller, responder: Responder) => Promise<void>
> = {
  confirm: (bot, id, caller, responder) =>
    confirmChange(bot, id, caller, responder, AbortSignal.timeout(readMs)),
  dismiss: dismissChange,
  async cancel(bot, id, caller, responder) {
    const { record } = await findOperation(bot, id);
    await authorize(
      bot.roleDirectory,
      caller,
      { command: 'cancel', role: commandOf(bot, record).role, env: record.env },
      'live',
    );
    if (!(await bot.stores.operations.request(id, { cancel: caller.name })))
      throw over(record.command, record.state);
    await acknowledge(
      responder,
      id,
      `The current step of ${record.command} ${record.env} ends, no other begins.`,
    );
  },
  async tell(bot, id, caller, responder) {
    const { record } = await findOperation(bot, id);
    const { role } = await bot.roleDirectory.resolveRole(caller, record.env, 'live');
    if (!atLeast(role, 'viewer')) throw new UserError('forbidden', `You have no role in ${record.env}.`);
    if (!(await bot.stores.operations.request(id, { tell: caller.id })))
      throw over(record.command, record.state);
    await acknowledge(responder, id, `You will be told when ${record.command} ${record.env} ends.`);
  },
  async follow(bot, id, caller, responder) {
    const { record } = await findOperation(bot, id);
    const inverse = bot.catalog.find(commandOf(bot, record).inverse ?? '')?.command;
    if (inverse?.kind !== 'change' || inverse.confirm !== 'none')
      throw new UserError('conflict', `Nothing can follow ${record.command} by itself.`);
    await authorize(
      bot.roleDirectory,
      caller,
      { command: inverse.name, role: inverse.role, env: record.env },
      'live',
    );
    if (!(await bot.stores.operations.request(id, { follow: { id: caller.id, name: caller.name } }))) {
      throw new UserError(
        'conflict',
        `Something follows ${record.command} ${record.env} already, or it has ended.`,
        { hint: 'See status.' },
      );
    }
    await acknowledge(responder, id, `${inverse.name} ${record.env} begins when ${record.command} ends.`);
  },
};

const over = (command: string, state: string) =>
  new UserError('conflict', `Too late: ${command} is ${state} already.`, {
    hint: 'See status for how things stand.',
  });

async function acknowledge(responder: Responder, id: string, sentence: string): Promise<void> {
  await responder.answer({
    id,
    state: 'done',
    reply: {
      title: sentence,
      tone: 'info',
      summary: sentence,
      parts: [text('You may close this.')],
      actions: [],
    },
  });
}
