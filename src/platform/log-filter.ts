import { isAtLeast, type Level } from './log-lines/levels.ts';
import { parseLine } from './log-lines/parse-line.ts';
import { levelSieve } from './log-lines/sieve.ts';
import { isFrame } from './log-lines/stacks.ts';
import { isErrorStream, type LogEvent, type LogSearch } from './logs.ts';

/** What CloudWatch is asked to filter by, and what is left to be filtered here. */
export interface LogFilter {
  /** CloudWatch's filter pattern; absent where every event may match. */
  pattern: string | undefined;
  /** Nothing is left to be filtered here. */
  exact: boolean;
  /** Of what CloudWatch sends, what was asked for. */
  matches(event: LogEvent): boolean;
}

type Wanted = Pick<LogSearch, 'words' | 'level' | 'streams' | 'keep'>;

/** A level is a coarse pattern, and the reader of lines decides; words are quoted terms. CloudWatch has no pattern for both, and errors are few. */
export function createFilter({ words, level, streams, keep }: Wanted): LogFilter {
  const sieve = level && levelSieve(level);
  const terms = sieve === undefined ? termsOf(words) : [];
  const isWhole = words === undefined || (terms.length === 1 && terms[0] === words);
  return {
    pattern: sieve ?? (terms.length > 0 ? terms.map((term) => `"${term}"`).join(' ') : undefined),
    exact: level === undefined && keep === undefined && isWhole,
    matches: (event) =>
      (words === undefined || event.message.includes(words)) &&
      (level === undefined || isFrame(event.message) || isOfLevel(event, level, streams)) &&
      (keep === undefined || keep(event)),
  };
}

/** The level that a line says; without one, that of an error stream. */
export function levelOf(
  line: { level: Level | undefined; fromErrors: boolean },
  isOfErrors: boolean,
): Level | undefined {
  return line.level ?? (line.fromErrors || isOfErrors ? 'error' : undefined);
}

const isOfLevel = ({ message, stream }: LogEvent, level: Level, streams: LogSearch['streams']): boolean => {
  const ofErrors = isErrorStream(stream, streams);
  // In an event of several lines any may be the one that counts.
  return message.split('\n').some((line) => isAtLeast(levelOf(parseLine(line), ofErrors), level));
};

/** A quoted term knows no escapes: words with quotes or backslashes become the terms between them, and the rest is checked here. */
const termsOf = (words: string | undefined): string[] =>
  words === undefined ? [] : words.split(/["\\]/).filter((term) => term.trim() !== '');
