import type { Answer } from '../core/reply/answer.ts';
import { saveFiles } from './files.ts';
import { type Asked, renderJson } from './json.ts';
import { createProgressPublisher, type TerminalProgressPublisher } from './progress-publisher.ts';
import { render, renderCheck, renderNext } from './render.ts';
import { createResponder, type TerminalResponder } from './responder.ts';
import { createScreen } from './screen.ts';
import { colorStyle, plainStyle } from './style.ts';

interface Options {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** For scripts: one line of JSON on stdout, everything else on stderr. */
  json: boolean;
  color: boolean;
  timezone: string;
  /** What is typed before a command. */
  prompt: string;
  /** What was typed, where it was a command at all. */
  asked: Asked | undefined;
}

/** Where a terminal's answers, progress and remarks go. */
export interface TerminalOutput {
  responder: TerminalResponder;
  progress: TerminalProgressPublisher;
  /** A remark beside the answers. */
  say(sentence: string): void;
}

export function createOutput(options: Options): TerminalOutput {
  const { stdout, stderr, json, color, timezone, prompt, asked } = options;
  // For scripts nothing is drawn over, wherever they run.
  const out = createScreen(json ? { write: (text) => stdout.write(text) } : stdout);
  const notes = json ? createScreen(stderr) : out;
  const look = (stream: NodeJS.WriteStream) => ({
    timezone,
    prompt,
    style: color && stream.isTTY ? colorStyle : plainStyle,
    ...(stream.isTTY && { width: stream.columns }),
  });
  const beside = json ? stderr : stdout;
  const renderFinal = (answer: Answer) => {
    if (!json) return render(saveFiles(answer), look(stdout));
    // Scripts read what happened; what to do about it is for whoever reads their log.
    if (answer.reply.error) notes.print(renderNext(answer, look(stderr)));
    return renderJson(answer, asked);
  };
  return {
    say: (sentence) => notes.print(`${sentence}\n`),
    progress: createProgressPublisher({
      screen: notes,
      outcome: out,
      render: (answer) => render(answer, look(beside)),
      renderOutcome: renderFinal,
      renderCheck: (check) => renderCheck(check, look(beside)),
    }),
    responder: createResponder({
      screen: out,
      render: renderFinal,
      showCard: (answer) => notes.print(render(answer, look(beside))),
    }),
  };
}
