import type { LogSearch } from '../platform/logs.ts';

/** What CloudWatch is asked to filter by, and what is left to be filtered here. */
export interface LogFilter {
  /** CloudWatch's filter pattern; absent where every event may match. */
  pattern: string | undefined;
  /** Nothing is left to be filtered here. */
  exact: boolean;
  matches(message: string): boolean;
}

const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

/**
 * A level is a pattern over the JSON field `level`, words are quoted terms, and a pattern can't be both. With both,
 * CloudWatch filters by level, since errors are few, and the words are looked for here: a JSON pattern could
 * look for them in one named field only, and would read `*` in them as a wildcard.
 */
export function createFilter({ words, level }: Pick<LogSearch, 'words' | 'level'>): LogFilter {
  const matches = (message: string) => words === undefined || message.includes(words);
  if (level) {
    // That level and what is worse.
    const wanted = levels.slice(levels.indexOf(level)).map((name) => `($.level = "${name}")`);
    return { pattern: `{ ${wanted.join(' || ')} }`, exact: words === undefined, matches };
  }
  if (words === undefined) return { pattern: undefined, exact: true, matches };
  // A quoted term knows no escapes: words with quotes or backslashes become the terms between them, and the rest is checked here.
  const terms = words.split(/["\\]/).filter((term) => term.trim() !== '');
  return {
    pattern: terms.length > 0 ? terms.map((term) => `"${term}"`).join(' ') : undefined,
    exact: terms.length === 1 && terms[0] === words,
    matches,
  };
}
