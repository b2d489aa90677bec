import type { Conversation } from '../bot/conversation.ts';
import type { Answer } from '../bot/reply.ts';
import type { Screen } from './screen.ts';

export interface ConversationOptions {
  screen: Screen;
  /** An answer as text, with a newline at its end. */
  render(answer: Answer): string;
  /** Whether scripts read it: nothing that isn't final is then printed. */
  json: boolean;
}

/** The terminal's side of one invocation, and what was said last in it. */
export interface TerminalConversation extends Conversation {
  readonly last: Answer | undefined;
}

export function createConversation({ screen, render, json }: ConversationOptions): TerminalConversation {
  let last: Answer | undefined;
  return {
    place: 'terminal',
    get last() {
      return last;
    },
    async answer(answer) {
      last = answer;
      if (answer.state === 'working') screen.show(render(answer));
      else if (answer.state !== 'waiting' || !json) screen.print(render(answer));
    },
  };
}

/** For clicks whose answer would only repeat what is on the screen. */
export const silently = (conversation: Conversation): Conversation => ({
  place: conversation.place,
  answer: async () => undefined,
});
