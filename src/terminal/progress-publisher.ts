import type { Answer } from '../core/reply/answer.ts';
import type { Check } from '../core/reply/parts.ts';
import { plain } from '../core/reply/text.ts';
import type { ProgressPublisher } from '../core/surface.ts';
import type { Screen } from './screen.ts';

export interface ProgressPublisherOptions {
  /** Where progress is drawn: stderr when scripts read stdout. */
  screen: Screen;
  /** Where the outcome goes. */
  outcome: Screen;
  render(answer: Answer): string;
  renderOutcome(answer: Answer): string;
  renderCheck(check: Check): string;
}

/** The terminal's progress, and what it shows. */
export interface TerminalProgressPublisher extends ProgressPublisher {
  /** The operation under way, if any. */
  readonly running: string | undefined;
  /** The last outcome shown. */
  readonly outcome: Answer | undefined;
}

/** A live checklist where lines can be drawn over; elsewhere a line for every check that moves. */
export function createProgressPublisher(options: ProgressPublisherOptions): TerminalProgressPublisher {
  const { screen, outcome, render, renderOutcome, renderCheck } = options;
  const told = new Map<string, string>();
  let running: string | undefined;
  let ended: Answer | undefined;

  function draw(answer: Answer): void {
    if (screen.live) {
      screen.show(render(answer));
      return;
    }
    for (const check of checksOf(answer)) {
      const before = `${check.state} ${plain(check.note ?? '')}`;
      if (check.state === 'todo' || told.get(check.title) === before) continue;
      told.set(check.title, before);
      screen.print(`${renderCheck(check)}\n`);
    }
  }

  return {
    surface: 'terminal',
    get running() {
      return running;
    },
    get outcome() {
      return ended;
    },
    async open(operation, answer) {
      running = operation.id;
      told.clear();
      if (!screen.live) screen.print(`${answer.reply.summary} · ${operation.id}\n`);
      draw(answer);
      return { channel: 'terminal', ts: operation.id };
    },
    update(_, answer) {
      if (answer.id === running) draw(answer);
    },
    async close(_, answer) {
      screen.show('');
      running = undefined;
      ended = answer;
      outcome.print(renderOutcome(answer));
    },
    // Who waits at this terminal has the outcome before their eyes.
    tell: async () => undefined,
    link: async () => undefined,
  };
}

const checksOf = ({ reply }: Answer): readonly Check[] =>
  reply.parts.flatMap((part) => (part.kind === 'checklist' ? part.checks : []));
