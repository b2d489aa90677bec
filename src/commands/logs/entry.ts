import type { LogLine } from '../../core/reply/parts.ts';
import { levelOf } from '../../platform/log-filter.ts';
import type { ParsedLine, Request } from '../../platform/log-lines/parsed-line.ts';
import { type Grouped, groupStacks, isFrame, type SourcedLine } from '../../platform/log-lines/stacks.ts';
import { cut } from '../shared/format.ts';

const longest = 200;

export interface RawLine extends SourcedLine {
  /** When the line reached the log; where that is unknown, the line's own time counts. */
  at: Date | undefined;
  /** It came from the error stream. */
  fromErrors: boolean;
  /** Which of several wrote it: `worker 2`. */
  writer?: string | undefined;
}

/** A line to be shown, with what is shown of it behind Details. */
export interface Entry extends LogLine {
  stack: readonly string[];
}

/** An entry a line, oldest first, with what a filter looks through: the whole of it. */
export const entriesOf = (lines: readonly RawLine[]): { message: string; entry: Entry }[] =>
  groupStacks(lines).map((group) => ({ message: group.whole, entry: entryOf(group) }));

/** One log line on one line: known formats picked apart, anything else as it is; what is long is cut visibly. */
function entryOf({ first, line, stack }: Grouped<RawLine>): Entry {
  const when = first.at ?? line.at;
  const level = levelOf(line, first.fromErrors);
  const words = [oneLine(sentenceOf(line)), ...frameOf(stack), ...(first.writer ? [first.writer] : [])];
  const more = stack.length - frameOf(stack).length;
  return {
    ...(when && { at: when }),
    ...(level && { level }),
    text: `${words.filter((word) => word !== '').join(' · ')}${more > 0 ? ` (+${more} ${more === 1 ? 'line' : 'lines'})` : ''}`,
    stack: stack.length > 0 ? stack : line.stack,
  };
}

/** Of a stack the frame that says most: Node's and Java's first, Python's last. */
function frameOf(stack: readonly string[]): string[] {
  const frame =
    stack.find((text) => /^\s*at /.test(text)) ??
    stack.findLast((text) => /^\s*File "/.test(text)) ??
    stack.find(isFrame);
  return frame === undefined ? [] : [cut(frame.trim(), longest)];
}

// What is said of every request says nothing beside its method, path and status.
const everyRequest =
  /^(?:HTTP )?request(?: (?:client error|failed|completed|finished|errored|aborted))?$|^handled request$/i;

/** The message and the few fields that tell a request or an error: `POST /rides 500 12 ms`, `request failed · ECONNREFUSED`. */
function sentenceOf(line: ParsedLine): string {
  const { request, fields, context, error, text } = line;
  const asked = request ? requestText(request) : '';
  if (!fields) {
    if (asked !== '') return asked;
    return context === undefined ? text.trim() : `${oneLine(text)} · ${context}`;
  }
  const said = line.message ?? '';
  const failure = error?.split('\n')[0] ?? '';
  const sentence = [
    everyRequest.test(said) && asked !== '' ? '' : said,
    asked,
    failure === '' || said.includes(failure) ? '' : failure,
    asked === '' ? (context ?? '') : '',
  ].filter((part) => part !== '');
  // Without fields of its own a JSON line is shown as it came.
  return sentence.join(' · ') || text;
}

const requestText = ({ method, path, status, milliseconds }: Request): string =>
  [method, path, status, milliseconds === undefined ? undefined : `${Math.round(milliseconds)} ms`]
    .filter((part) => part !== undefined)
    .join(' ');

function oneLine(text: string): string {
  const [first = '', ...others] = text.trim().split(/\r?\n/);
  const more = others.length > 0 ? ` (+${others.length} lines)` : '';
  return `${cut(first, longest)}${more}`;
}

/** Equals in a row become one with a count; the time is the first one’s. */
export function fold(entries: readonly Entry[]): Entry[] {
  const folded: Entry[] = [];
  for (const entry of entries) {
    const before = folded.at(-1);
    if (before && before.text === entry.text && before.level === entry.level) {
      folded[folded.length - 1] = { ...before, count: (before.count ?? 1) + 1 };
    } else folded.push(entry);
  }
  return folded;
}
