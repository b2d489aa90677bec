import type { Caller } from '../core/access/caller.ts';
import type { FrontDoor } from '../core/dispatcher.ts';
import { type Answer, plain } from '../core/reply/reply.ts';
import type { TerminalBoard } from './progress-publisher.ts';
import { silently, type TerminalConversation } from './responder.ts';
import { ask, canAsk, type Terminal } from './prompt.ts';

export interface Session {
  door: FrontDoor;
  caller: Caller;
  conversation: TerminalConversation;
  board: TerminalBoard;
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
export async function converse(session: Session, line: string): Promise<Answer | undefined> {
  const { door, caller, conversation, board, newId } = session;
  const stop = session.onInterrupt(createInterrupt(session));
  try {
    await door.line({ id: newId(), line, caller, conversation });
    if (conversation.last?.state === 'waiting') await settle(session, conversation.last);
  } finally {
    stop();
  }
  const last = board.outcome ?? conversation.last;
  return last?.state === 'working' || last?.state === 'waiting' ? undefined : last;
}

/** The question before a change. */
async function settle(session: Session, card: Answer): Promise<void> {
  const { door, caller, conversation, terminal, yes } = session;
  const confirm = card.reply.actions.find((action) => action.kind === 'move' && action.move === 'confirm');
  if (confirm?.kind !== 'move') return;
  const { operation } = confirm;
  const click = (move: 'confirm' | 'dismiss', to = conversation) =>
    door.move({ move, operation, caller, conversation: to });
  if (yes) return click('confirm');
  if (canAsk(terminal)) {
    return click((await ask(plain(card.reply.title), terminal)) ? 'confirm' : 'dismiss');
  }
  await door.move({ move: 'dismiss', operation, caller, conversation: silently(conversation) });
  const title = 'Not done: it asks for a yes, and nobody is here to say it.';
  await conversation.answer({
    id: card.id,
    state: 'refused',
    reply: {
      title,
      tone: 'warn',
      summary: title,
      parts: [{ kind: 'text', text: 'Nothing was changed. Add --yes to do it without a question.' }],
      actions: [],
    },
  });
}

/** Ctrl-C: during an operation first a cancel after the current step, then leaving it; otherwise the end. */
function createInterrupt({ door, caller, conversation, board, say, leave }: Session): () => void {
  let cancelled: string | undefined;
  return () => {
    const operation = board.running;
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
      ...silently(conversation),
      answer: async ({ state, reply }: Answer) => (state === 'done' ? undefined : say(plain(reply.title))),
    };
    // The door answers every refusal itself; what is left is the terminal's own end.
    door.move({ move: 'cancel', operation, caller, conversation: told }).catch(() => leave(1));
  };
}
