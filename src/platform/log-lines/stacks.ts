import { stripVTControlCharacters } from 'node:util';
import { parseLine } from './parse-line.ts';
import type { ParsedLine } from './parsed-line.ts';
import { stripPrefixes } from './prefixes.ts';

/** A line as it reached the log. */
export interface SourcedLine {
  message: string;
  at: Date | undefined;
  /** The stream or file that it stands in. */
  source: string;
}

/** A line with those of its stack. */
export interface Grouped<T> {
  /** What the group began with. */
  first: T;
  /** The line that says what happened: of Python's traceback the last, else the first. */
  line: ParsedLine;
  /** The others, in their order. */
  stack: readonly string[];
  /** All of it, as it stood there. */
  whole: string;
}

/** Frames of Node, Java, .NET, Python, PHP, Ruby, Go and Rust: by their shape they belong to the line before them. */
const frame =
  /^\s+(?:at |\.\.\. |\.\.\.\d|\[cause\]|\[errors\]|File "|from |[}\]])|^\s*(?:Caused by: |Suppressed: |\^+\s*$)|^(?:goroutine \d+ \[|created by |Stack trace:|#\d+ |\[signal |exit status \d|Node\.js v\d|The above exception was |During handling of the above |note: run with `RUST_|--- End of )/;
const traceback = /^\s*(?:\+ Exception Group )?Traceback \(most recent call last\):/;
/** What Node prints before an error that nobody caught: where it was thrown. */
const thrownAt = /^(?:file:\/\/)?(?:\/|node:|[A-Z]:\\)\S*:\d+$/;
const goPanic = /^(?:panic: |fatal error: |goroutine \d+ \[)/;
const goFunction = /^[\w./*()-]+\(.*\)$/;
/** `ValueError: no fare`, and nothing before it. */
const exception = /^(?:Uncaught )?(?:[\w$]+[.:]{1,2})*[A-Z][\w$]*[a-z][\w$]*(?: \[\w+\])?(?:: |:?$)/;

/** Whether a line belongs to the one before it, by itself alone. */
export const isFrame = (message: string): boolean => frame.test(bareOf(message));

/** Without prefixes and colours, its indentation kept. */
const bareOf = (message: string): string => stripPrefixes(stripVTControlCharacters(message).trimEnd()).text;

// A logger writes a stack with its line; what comes later is another's.
const togetherMs = 2_000;
const mostLines = 200;

class Group<T extends SourcedLine> {
  readonly first: T;
  readonly #lines: string[];
  #line: ParsedLine;
  #head = 0;
  #latest: Date | undefined;
  #isStack: boolean;
  #isGo: boolean;
  /** It began with a place or a traceback, and the exception is still to come. */
  #awaits: 'node' | 'python' | undefined;
  readonly #isLoggers: boolean;

  constructor(first: T, text: string) {
    const bare = bareOf(text);
    this.first = first;
    this.#latest = first.at;
    this.#lines = [text];
    this.#line = parseLine(text);
    this.#awaits = thrownAt.test(bare) ? 'node' : traceback.test(bare) ? 'python' : undefined;
    this.#isGo = goPanic.test(bare);
    this.#isStack = this.#awaits !== undefined || this.#isGo;
    const isGrave = this.#line.level === 'error' || this.#line.level === 'warn';
    this.#isLoggers = isGrave && !this.#line.fields && !this.#isStack && !exception.test(bare);
  }

  /** Takes a line that belongs to it; `next` is the one after that in its source. */
  take(one: T, text: string, next: string | undefined): boolean {
    if (!this.#has(one, text, next)) return false;
    const bare = bareOf(text);
    const isException =
      this.#awaits === 'python' ? /^\S/.test(bare) && !frame.test(bare) : isError(bare, text);
    if (traceback.test(bare)) this.#awaits = 'python';
    else if (this.#awaits && isException) {
      this.#awaits = undefined;
      // A logger's own line says more than the exception that it logs.
      if (!this.#isLoggers) {
        this.#head = this.#lines.length;
        this.#line = { ...parseLine(text), level: 'error', at: this.#line.at };
      }
    }
    this.#isStack ||= frame.test(bare) || traceback.test(bare);
    this.#isGo ||= goPanic.test(bare);
    if (this.#lines.length < mostLines) this.#lines.push(text);
    this.#latest = one.at ?? this.#latest;
    return true;
  }

  #has(one: T, text: string, next: string | undefined): boolean {
    if (one === this.first) return true;
    if (one.at && this.#latest && one.at.getTime() - this.#latest.getTime() > togetherMs) return false;
    const bare = bareOf(text);
    if (frame.test(bare)) return true;
    if (traceback.test(bare)) return this.#isStack || this.#isLoggers;
    if (this.#awaits === 'python') return true;
    if (this.#awaits === 'node') return this.#lines.length < 4 || isError(bare, text);
    if (this.#isStack && /^(?:\s|$|[}\])]+[,;]?$)/.test(bare)) return true;
    if (this.#isGo && goFunction.test(bare)) return true;
    // Nest and logback put the exception on a line of its own, with its frames after it.
    return (
      this.#isLoggers &&
      !this.#isStack &&
      isError(bare, text) &&
      next !== undefined &&
      frame.test(bareOf(next))
    );
  }

  finish(): Grouped<T> {
    const stack = this.#lines.filter((text, index) => index !== this.#head && text.trim() !== '').map(bareOf);
    return {
      first: this.first,
      line: this.#line,
      stack: stack.length > 0 ? stack : this.#line.stack,
      whole: this.#lines.join('\n'),
    };
  }
}

const isError = (bare: string, text: string): boolean =>
  exception.test(bare) && parseLine(text).level === 'error';

/** Lines, oldest first, each with the stack that follows it in its own source, in one event or in many. */
export function groupStacks<T extends SourcedLine>(lines: readonly T[]): Grouped<T>[] {
  const texts = lines.flatMap((one) =>
    one.message
      .replace(/(?:\r?\n)+$/, '')
      .split(/\r?\n/)
      .map((text) => ({ one, text })),
  );
  const nextOf = nextTexts(texts);
  const groups: Group<T>[] = [];
  const lastOf = new Map<string, Group<T>>();
  texts.forEach(({ one, text }, index) => {
    if (lastOf.get(one.source)?.take(one, text, nextOf[index])) return;
    // An empty line between others says nothing.
    if (bareOf(text).trim() === '') return;
    const group = new Group(one, text);
    groups.push(group);
    lastOf.set(one.source, group);
  });
  return groups.map((group) => group.finish());
}

/** For each text the next one of its source. */
function nextTexts(texts: readonly { one: SourcedLine; text: string }[]): (string | undefined)[] {
  const later = new Map<string, string>();
  return texts
    .toReversed()
    .map(({ one, text }) => {
      const next = later.get(one.source);
      later.set(one.source, text);
      return next;
    })
    .reverse();
}
