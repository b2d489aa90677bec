import { type ErrorCode, UserError } from './errors.ts';
import { type AnswerState, note, type Reply, text } from './reply.ts';

const states: Record<ErrorCode, AnswerState> = {
  usage: 'refused',
  forbidden: 'refused',
  'not-found': 'refused',
  conflict: 'refused',
  unavailable: 'failed',
  timeout: 'failed',
};

interface ErrorReply {
  state: AnswerState;
  reply: Reply;
  /** A bug: its stack goes to the log under the invocation's id. */
  bug: boolean;
}

/** An error as an answer: its own words when it was expected, a reference when it is ours to mend. */
export function errorReply(error: unknown, reference: string): ErrorReply {
  if (error instanceof UserError) {
    return {
      state: states[error.code],
      bug: false,
      reply: {
        title: error.message,
        tone: error.code === 'usage' ? 'warn' : 'bad',
        summary: error.message,
        parts: error.hint === undefined ? [] : [text(error.hint)],
        actions: error.actions,
      },
    };
  }
  const title = 'That went wrong inside the bot, not through you.';
  return {
    state: 'failed',
    bug: true,
    reply: {
      title,
      tone: 'bad',
      summary: title,
      parts: [
        text(
          'Try it once more. If it goes wrong again, give this reference to whoever keeps the bot: its log has the rest.',
        ),
        note(reference),
      ],
      actions: [],
    },
  };
}
