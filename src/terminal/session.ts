import type { Caller } from '../core/access/caller.ts';
import type { Dispatcher } from '../core/dispatcher.ts';
import type { Answer } from '../core/reply/answer.ts';
import { text } from '../core/reply/parts.ts';
import { createReply, nothingChanged } from '../core/reply/reply.ts';
import { code, plain } from '../core/reply/text.ts';
import { askMissing } from './missing.ts';
import type { TerminalProgressPublisher } from './progress-publisher.ts';
import { ask, canAsk, type Terminal } from './prompt.ts';
import { silently, type TerminalResponder } from './responder.ts';

export interface Session {
  dispatcher: Dispatcher;
  caller: Caller;
  responder: TerminalResponder;
  progress: TerminalProgressPublisher;
  terminal: Terminal;
  /** Changes run without a question. */
  yes: boolean;
  newId(): string;
  /** A remark beside the answers. */
  say(sentence: string): void;
  /** Calls back at Ctrl-C; answers how to stop that. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  leave(code: number): void;
}

/** One line from question to outcome; answers with the last word on it, `undefined` where another process has it now. */
export async function runSession(session: Session, line: string): Promise<Answer | undefined> {
  const { dispatcher, caller, responder, progress, newId } = session;
  const stop = session.onInterrupt(createInterrupt(session));
  try {
    const say = (typed: string) => dispatcher.line({ id: newId(), line: typed, caller, responder });
    await say(line);
    // What only the environment could tell is missing, as a pool that requires a phone number.
    const lacking = canAsk(session.terminal) ? responder.last?.missing : undefined;
    const whole = lacking && (await askMissing(lacking, session.terminal));
    if (whole !== undefined) await say(whole);
    if (responder.last?.state === 'waiting') await settle(session, responder.last);
  } finally {
    stop();
  }
  const last = progress.outcome ?? responder.last;
  return last?.state === 'working' || last?.state === 'waiting' ? undefined : last;
}

/** The question before a change. */
async function settle(session: Session, card: Answer): Promise<void> {
  const { dispatcher, caller, responder, terminal, yes } = session;
  const confirm = card.reply.actions.find((action) => action.kind === 'move' && action.move === 'confirm');
  if (confirm?.kind !== 'move') return;
  const { operation } = confirm;
  const click = (move: 'confirm' | 'dismiss', to = responder) =>
    dispatcher.operate({ move, operation, caller, responder: to });
  if (yes) return click('confirm');
  if (canAsk(terminal)) {
    return click((await ask(plain(card.reply.title), terminal)) ? 'confirm' : 'dismiss');
  }
  await dispatcher.operate({ move: 'dismiss', operation, caller, responder: silently(responder) });
  const title = 'Not done: it asks for a yes, and nobody is here to say it.';
  await responder.answer({
    id: card.id,
    state: 'refused',
    reply: createReply({
      title,
      tone: 'warn',
      parts: [text([`${nothingChanged} Add `, code('--yes'), ' to do it without a question.'])],
      error: { code: 'unconfirmed', message: title, hint: 'Add --yes to do it without a question.' },
    }),
  });
}

/** Ctrl-C: during an operation first a cancel after the current step, then leaving it; otherwise the end. */
function createInterrupt({ dispatcher, caller, responder, progress, say, leave }: Session): () => void {
  let cancelled: string | undefined;
  return () => {
    const operation = progress.running;
    if (operation === undefined) return leave(130);
    if (cancelled === operation) {
      say(
        `Left as it is. Another process takes ${operation} over when its lease ends; d2 status shows how it stands.`,
      );
      return leave(1);
    }
    cancelled = operation;
    say('Cancelling after this step … Ctrl-C again leaves it to another process.');
    const told = {
      ...silently(responder),
      answer: async ({ state, reply }: Answer) => (state === 'done' ? undefined : say(plain(reply.title))),
    };
    // The dispatcher answers every refusal itself; what is left is the terminal's own end.
    dispatcher.operate({ move: 'cancel', operation, caller, responder: told }).catch(() => leave(1));
  };
}
