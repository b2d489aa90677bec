import type { Caller } from './access/caller.ts';
import type { Arguments } from './command/arguments.ts';
import type { ReadCommand, ReadContext } from './command/command.ts';
import type { ReadOnlyContext } from './context.ts';
import type { Invocation } from './reply/actions.ts';
import type { Answer } from './reply/answer.ts';
import { redactDeep } from './reply/redaction.ts';
import type { Reply } from './reply/reply.ts';
import type { Responder } from './surface.ts';

interface Reading<P> {
  id: string;
  command: ReadCommand<P>;
  args: Invocation['args'];
  caller: Caller;
  responder: Responder;
  cancel: ReadContext<Arguments, P>['cancel'];
}

/** Runs a read and shows what it says, interim answers in their order: none overtakes another. */
export async function runRead<P>(
  bot: ReadOnlyContext<P>,
  { id, command, args, caller, responder, cancel }: Reading<P>,
  signal: AbortSignal,
): Promise<void> {
  const { shareable, role } = command;
  const invocation: Invocation = { command: command.name, args };
  let latest = Promise.resolve();
  const show = (state: Answer['state'], reply: Reply) => {
    latest = latest.then(() =>
      responder.answer({
        id,
        state,
        reply: redactDeep(reply),
        shareable: shareable && state === 'done',
        private: role !== 'viewer',
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
    const { platform, catalog } = bot;
    const reply = await command.run({ args, platform, caller, signal, interim, catalog, cancel });
    await settled();
    await show('done', reply);
  } catch (error) {
    // What is said of it next must not be overtaken by what was said before.
    await settled();
    throw error;
  }
}
