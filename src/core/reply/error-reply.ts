import type { AnswerState } from './answer.ts';
import { type ErrorCode, type ErrorData, UserError } from './errors.ts';
import { note, text } from './parts.ts';
import { createReply, type Reply } from './reply.ts';
import { plain } from './text.ts';

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
      reply: createReply({
        title: error.message,
        tone: error.code === 'usage' ? 'warn' : 'bad',
        parts: error.hint === undefined ? [] : [text(error.hint)],
        actions: error.actions,
        error: errorData(error),
      }),
    };
  }
  const title = 'That went wrong inside the bot, not through you.';
  return {
    state: 'failed',
    bug: true,
    reply: createReply({
      title,
      tone: 'bad',
      parts: [
        text(
          'Try it once more. If it goes wrong again, give this reference to whoever keeps the bot: its log has the rest.',
        ),
        note(reference),
      ],
      error: { code: 'internal', message: title, hint: `The bot’s log has it under ${reference}.` },
    }),
  };
}

/** What scripts are told of an expected error. */
export const errorData = ({ code, message, hint, missing }: UserError): ErrorData => ({
  code,
  message,
  ...(hint !== undefined && { hint: plain(hint) }),
  ...(missing && { missing }),
});
