import type { Answer } from '../core/reply/answer.ts';
import type { Responder } from '../core/surface.ts';
import type { Screen } from './screen.ts';

export interface ResponderOptions {
  screen: Screen;
  /** An answer as text, with a newline at its end. */
  render(answer: Answer): string;
  /** Where the card of a change goes while it waits for a yes: stderr when scripts read stdout. */
  showCard(answer: Answer): void;
}

/** The terminal's side of one invocation, and what was said last in it. */
export interface TerminalResponder extends Responder {
  readonly last: Answer | undefined;
}

export function createResponder({ screen, render, showCard }: ResponderOptions): TerminalResponder {
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
export const silently = (responder: Responder): Responder => ({
  place: responder.place,
  answer: async () => undefined,
});
