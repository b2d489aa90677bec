import type { Choice } from '../core/reply/actions.ts';
import { invocationsOf } from '../core/reply/actions.ts';
import type { Answer } from '../core/reply/answer.ts';
import type { Check, CheckState, Fact, LogLine, Part, Tone } from '../core/reply/parts.ts';
import type { Span, Text } from '../core/reply/text.ts';
import { wallClock } from '../core/reply/wall-clock.ts';
import { spelledForShell } from './command-line.ts';
import { plainStyle, type Style } from './style.ts';
import { renderTable } from './table.ts';
import { padded, visible, widthOf } from './visible.ts';

export interface RenderOptions {
  /** The team's IANA zone; named wherever a time is shown. */
  timezone: string;
  /** Columns that tables are fitted into; unlimited when absent. */
  width?: number;
  style?: Style;
  /** What is typed before a command. */
  prompt?: string;
}

const marks: Record<Tone, string> = { good: '●', warn: '▲', bad: '✗', info: '○' };
const checkMarks: Record<CheckState, string> = {
  todo: '○',
  doing: '◐',
  done: '✓',
  already: '–',
  failed: '✗',
  unknown: '?',
  skipped: '–',
};
const checkTones: Record<CheckState, Tone> = {
  todo: 'info',
  doing: 'info',
  done: 'good',
  already: 'info',
  failed: 'bad',
  unknown: 'warn',
  skipped: 'info',
};
const levels = { debug: 'D', info: 'I', warn: 'W', error: 'E' } as const;

/** An answer as lines of text; ends with a newline. Pure, and total over every answer. */
export function render({ reply }: Answer, options: RenderOptions): string {
  return new Rendering(options).answer(reply);
}

/** What to type next, for beside an answer that a script reads; nothing where there is nothing to add. */
export function renderNext({ reply }: Answer, options: RenderOptions): string {
  const lines = new Rendering(options).next(reply);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** One line of a checklist, for a log of what changed. */
export function renderCheck(check: Check, options: RenderOptions): string {
  return new Rendering(options).check(check, 0);
}

class Rendering {
  readonly #timezone: string;
  readonly #width: number;
  readonly #style: Style;
  readonly #prompt: string;
  #timed = false;

  constructor({
    timezone,
    width = Number.POSITIVE_INFINITY,
    style = plainStyle,
    prompt = 'd2',
  }: RenderOptions) {
    this.#timezone = timezone;
    this.#width = width;
    this.#style = style;
    this.#prompt = prompt;
  }

  answer({ title, tone, parts, details = [], actions }: Answer['reply']): string {
    const { strong, faint, tone: tones } = this.#style;
    const lines = [
      `${tones[tone](marks[tone])} ${strong(this.#text(title))}`,
      ...parts.flatMap((part) => this.#part(part)),
    ];
    if (details.length > 0) lines.push('', ...details.flatMap((part) => this.#part(part)));
    const next = invocationsOf(actions).map((choice) => this.#choice(choice));
    if (next.length > 0) lines.push('', ...next);
    if (this.#timed) lines.push(faint(`Times: ${this.#timezone}`));
    return `${lines.join('\n')}\n`;
  }

  next({ error, actions }: Answer['reply']): string[] {
    return [
      ...(error?.hint === undefined ? [] : [visible(error.hint)]),
      ...invocationsOf(actions).map((choice) => this.#choice(choice)),
    ];
  }

  #part(part: Part): string[] {
    switch (part.kind) {
      case 'text':
        return [this.#text(part.text)];
      case 'note':
        return [this.#style.faint(this.#text(part.text))];
      case 'facts':
        return this.#facts(part.facts);
      case 'table':
        return renderTable(part.columns, part.rows, this.#width, this.#style);
      case 'log':
        return part.lines.length === 0
          ? [this.#style.faint('(no lines)')]
          : part.lines.map((line) => this.#log(line));
      case 'checklist':
        return this.#checklist(part.checks);
      case 'image':
        return [
          'url' in part
            ? `${visible(part.alt)} (${flat(part.url)})`
            : `${visible(part.alt)} (${flat(part.name)})`,
        ];
      case 'file':
        return [`${flat(part.name)} (${flat(part.type)})`];
    }
  }

  #facts(facts: readonly Fact[]): string[] {
    const width = Math.min(28, Math.max(0, ...facts.map(({ label }) => widthOf(flat(label)))));
    return facts.map(({ label, value, tone = 'info' }) => {
      const lines = this.#style.tone[tone](this.#text(value)).split('\n');
      return `${padded(flat(label), width)}  ${lines.join(`\n${' '.repeat(width + 2)}`)}`;
    });
  }

  #log({ at, level, text, count = 1 }: LogLine): string {
    const time = at === undefined ? '' : `${this.#style.faint(this.#time(at, 'seconds'))} `;
    const tone: Tone = level === 'error' ? 'bad' : level === 'warn' ? 'warn' : 'info';
    const letter = level === undefined ? '' : `${this.#style.tone[tone](levels[level])} `;
    return `${time}${letter}${visible(text).replaceAll('\n', '\n    ')}${count > 1 ? ` ×${count}` : ''}`;
  }

  #checklist(checks: readonly Check[]): string[] {
    const width = Math.min(40, Math.max(0, ...checks.map(({ title }) => widthOf(flat(title)))));
    return checks.map((check) => this.check(check, width));
  }

  check({ title, state, seconds, usualSeconds, note }: Check, width: number): string {
    const { tone, faint } = this.#style;
    const words = [
      seconds === undefined ? '' : duration(seconds),
      state === 'already' ? 'already' : state === 'skipped' && note === undefined ? 'not begun' : '',
      state === 'doing' && usualSeconds !== undefined ? `usually ${duration(usualSeconds)}` : '',
      note === undefined ? '' : this.#text(note).replaceAll('\n', '␤'),
    ].filter((word) => word !== '');
    const line = `${tone[checkTones[state]](checkMarks[state])} ${padded(flat(title), width)}`;
    return words.length === 0 ? line.trimEnd() : `${line}  ${faint(words.join(' · '))}`;
  }

  #choice({ label, invocation }: Choice): string {
    const line = this.#style.strong(visible(`${this.#prompt} ${spelledForShell(invocation)}`));
    return `→ ${padded(flat(label), 12)} ${line}`;
  }

  #text(text: Text): string {
    return typeof text === 'string' ? visible(text) : text.map((span) => this.#span(span)).join('');
  }

  #span(span: Span): string {
    if (typeof span === 'string') return visible(span);
    switch (span.kind) {
      case 'strong':
        return this.#style.strong(visible(span.text));
      case 'code':
        return visible(span.text);
      case 'time':
        return this.#time(span.at, span.as);
      case 'person':
        return visible(span.name);
      case 'link':
        return `${visible(span.label)} (${flat(span.url)})`;
    }
  }

  #time(at: Date, as: 'clock' | 'day' | 'both' | 'seconds'): string {
    if (Number.isNaN(at.getTime())) return 'at an unknown time';
    this.#timed = true;
    return wallClock(at, this.#timezone, as);
  }
}

const flat = (text: string) => visible(text).replaceAll('\n', '␤');

/** `41 s`, `4 m 12 s`, `1 h 5 m`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600)
    return whole % 60 === 0 ? `${whole / 60} m` : `${Math.floor(whole / 60)} m ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} m`;
}
