import { authorize } from './access/authorize.ts';
import type { Caller } from './access/caller.ts';
import { atLeast } from './access/caller.ts';
import { confirmChange, dismissChange } from './operation/confirm.ts';
import { commandOf, environmentOf, findOperation } from './operation/planning.ts';
import { requestChange } from './operation/request.ts';
import type { Book, ReadCommand } from './command/command.ts';
import type { Conversation } from './surface.ts';
import { bugReport, UserError } from './reply/errors.ts';
import type { House } from './context.ts';
import { invocationOf, type Parsed, parse } from './command/parser.ts';
import { redactDeep } from './reply/redaction.ts';
import { refusalOf } from './reply/error-reply.ts';
import { type Answer, type Invocation, type Move, type Reply, text } from './reply/reply.ts';

interface Spoken {
  caller: Caller;
  conversation: Conversation;
}

/** Where every surface knocks. Each call answers through its conversation and throws only what conversation itself throws. */
export interface FrontDoor {
  /** A typed line, without the prompt. Resolves when everything it began has ended. */
  line(input: Spoken & { id: string; line: string }): Promise<void>;
  /** A read's button: authorised as if its words had been typed, the role looked up anew at the click. */
  invoke(input: Spoken & { id: string; invocation: Invocation }): Promise<void>;
  /** What a click asks of an operation. */
  move(input: Spoken & { move: Move; operation: string }): Promise<void>;
}

/** The house without store or trail: reads go on, changes are refused, saying why. */
export type Bare<P> = Pick<House<P>, 'book' | 'registry' | 'ports' | 'roster' | 'clock' | 'log' | 'newId'>;

interface DispatchOptions<P> {
  house: House<P> | Bare<P>;
  /** Why changes are refused, where the house is bare. */
  without?: string;
}

// A read answers within this or says that it could not.
const readMs = 25_000;

export function createDispatch<P>({ house, without }: DispatchOptions<P>): FrontDoor {
  const { book, registry, log } = house;

  /** The one catch: an expected error in its own words, a bug as a reference. */
  async function guarded(id: string, conversation: Conversation, act: () => Promise<void>): Promise<void> {
    try {
      await bugReport.run((error) => log.error({ id, error }, 'a bug became a row of an answer'), act);
    } catch (error) {
      const { state, reply, bug } = refusalOf(error, id);
      if (bug) log.error({ id, error }, 'a bug reached the caller');
      await conversation.answer({ id, state, reply: redactDeep(reply) });
    }
  }

  async function perform(
    id: string,
    { command, args }: Parsed<P>,
    { caller, conversation }: Spoken,
    freshness: 'cached' | 'live',
  ): Promise<void> {
    if (command.kind === 'read')
      await read(house, book, command, { id, args, caller, conversation, freshness });
    else {
      await requestChange(whole(house, without), {
        id,
        command,
        args,
        caller,
        conversation,
        signal: AbortSignal.timeout(readMs),
      });
    }
  }

  return {
    line: ({ id, line, ...spoken }) =>
      guarded(id, spoken.conversation, () => perform(id, parse(line, registry, book), spoken, 'cached')),
    invoke: ({ id, invocation, ...spoken }) =>
      guarded(id, spoken.conversation, () =>
        perform(id, invocationOf(invocation, registry, book), spoken, 'live'),
      ),
    move: ({ move, operation, caller, conversation }) =>
      guarded(operation, conversation, () =>
        moves[move](whole(house, without), operation, caller, conversation),
      ),
  };
}

async function read<P>(
  house: Bare<P>,
  book: Book<P>,
  command: ReadCommand<P>,
  {
    id,
    args,
    caller,
    conversation,
    freshness,
  }: Spoken & { id: string; args: Invocation['args']; freshness: 'cached' | 'live' },
): Promise<void> {
  const env = environmentOf(args, house);
  if (!command.open) {
    await authorize(
      house.roster,
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
      conversation.answer({
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
      house.log.warn({ id, error }, 'an interim answer was not shown'),
    );
  try {
    const reply = await command.run({
      args,
      ports: house.ports,
      caller,
      signal: AbortSignal.timeout(readMs),
      interim,
      book,
    });
    await settled();
    await show('done', reply);
  } catch (error) {
    // What is said of it next must not be overtaken by what was said before.
    await settled();
    throw error;
  }
}

function whole<P>(house: House<P> | Bare<P>, without: string | undefined): House<P> {
  if ('operations' in house) return house;
  throw new UserError(
    'unavailable',
    `Not done: this bot can only look, because ${without ?? 'it has no table'}.`,
    {
      hint: 'Nothing was changed. Looking goes on as usual.',
    },
  );
}

const moves: Record<
  Move,
  <P>(house: House<P>, id: string, caller: Caller, conversation: Conversation) => Promise<void>
> = {
  confirm: (house, id, caller, conversation) =>
    confirmChange(house, id, caller, conversation, AbortSignal.timeout(readMs)),
  dismiss: dismissChange,
  async cancel(house, id, caller, conversation) {
    const { record } = await findOperation(house, id);
    await authorize(
      house.roster,
      caller,
      { command: 'cancel', role: commandOf(house, record).role, env: record.env },
      'live',
    );
    if (!(await house.operations.request(id, { cancel: caller.name })))
      throw over(record.command, record.state);
    await acknowledge(
      conversation,
      id,
      `The current step of ${record.command} ${record.env} ends, no other begins.`,
    );
  },
  async tell(house, id, caller, conversation) {
    const { record } = await findOperation(house, id);
    const { role } = await house.roster.standing(caller, record.env, 'live');
    if (!atLeast(role, 'viewer')) throw new UserError('forbidden', `You have no role in ${record.env}.`);
    if (!(await house.operations.request(id, { tell: caller.id }))) throw over(record.command, record.state);
    await acknowledge(conversation, id, `You will be told when ${record.command} ${record.env} ends.`);
  },
  async follow(house, id, caller, conversation) {
    const { record } = await findOperation(house, id);
    const inverse = house.registry.find(commandOf(house, record).inverse ?? '')?.command;
    if (inverse?.kind !== 'change' || inverse.confirm !== 'none')
      throw new UserError('conflict', `Nothing can follow ${record.command} by itself.`);
    await authorize(
      house.roster,
      caller,
      { command: inverse.name, role: inverse.role, env: record.env },
      'live',
    );
    if (!(await house.operations.request(id, { follow: { id: caller.id, name: caller.name } }))) {
      throw new UserError(
        'conflict',
        `Something follows ${record.command} ${record.env} already, or it has ended.`,
        { hint: 'See status.' },
      );
    }
    await acknowledge(conversation, id, `${inverse.name} ${record.env} begins when ${record.command} ends.`);
  },
};

const over = (command: string, state: string) =>
  new UserError('conflict', `Too late: ${command} is ${state} already.`, {
    hint: 'See status for how things stand.',
  });

async function acknowledge(conversation: Conversation, id: string, sentence: string): Promise<void> {
  await conversation.answer({
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
