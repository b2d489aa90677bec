import type { Conversation } from '../core/surface.ts';
import type { Answer } from '../core/reply/reply.ts';
import type { Screen } from './screen.ts';

export interface ConversationOptions {
  screen: Screen;
  /** An answer as text, with a newline at its end. */
  render(answer: Answer): string;
  /** Where the card of a change goes while it waits for a yes: stderr when scripts read stdout. */
  showCard(answer: Answer): void;
}

/** The terminal's side of one invocation, and what was said last in it. */
export interface TerminalConversation extends Conversation {
  readonly last: Answer | undefined;
}

export function createConversation({ screen, render, showCard }: ConversationOptions): TerminalConversation {
  let last: Answer | undefined;
  return {
    place: 'terminal',
    get last() {
      return last;
    },
    async answer(answer) {
      last = answer;
      if (answer.state === 'working') screen.show(render(answer));
      else if (answer.state === 'waiting') showCard(answer);
      else screen.print(render(answer));
    },
  };
}

/** For clicks whose answer would only repeat what is on the screen. */
export const silently = (conversation: Conversation): Conversation => ({
  place: conversation.place,
  answer: async () => undefined,
});
