import type { LogSearch } from './logs.ts';

/** What CloudWatch is asked to filter by, and what is left to be filtered here. */
export interface LogFilter {
  /** CloudWatch's filter pattern; absent where every event may match. */
  pattern: string | undefined;
  /** Nothing is left to be filtered here. */
  exact: boolean;
  matches(message: string): boolean;
}

const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
/** As Nest and most plain writers spell them; `LOG` is Nest's info. */
const spelled = new Map<string, readonly string[]>([
  ['debug', ['DEBUG', 'VERBOSE']],
  ['info', ['INFO', 'LOG']],
  ['warn', ['WARN', 'WARNING']],
  ['error', ['ERROR']],
  ['fatal', ['FATAL']],
]);

/**
 * A level is a pattern over JSON fields, and a second one over words, since a line with a prefix before its JSON is no
 * JSON to CloudWatch; the caller reads from each line which level it is. Words are quoted terms, and can't be in one
 * pattern with a level. With both, CloudWatch filters by level, since errors are few, and the words are looked for
 * here: a JSON pattern could look for them in one named field only, and would read `*` in them as a wildcard.
 */
export function createFilters({ words, level }: Pick<LogSearch, 'words' | 'level'>): LogFilter[] {
  const matches = (message: string) => words === undefined || message.includes(words);
  if (level) {
    // That level and what is worse.
    const names = levels.slice(levels.indexOf(level));
    const fields = names.map((name) => `($.level = "${name}")`);
    const terms = names.flatMap((name) => spelled.get(name) ?? []).map((word) => `?${word}`);
    const exact = words === undefined;
    return [
      { pattern: `{ ${fields.join(' || ')} }`, exact, matches },
      { pattern: terms.join(' '), exact, matches },
    ];
  }
  if (words === undefined) return [{ pattern: undefined, exact: true, matches }];
  // A quoted term knows no escapes: words with quotes or backslashes become the terms between them, and the rest is checked here.
  const terms = words.split(/["\\]/).filter((term) => term.trim() !== '');
  return [
    {
      pattern: terms.length > 0 ? terms.map((term) => `"${term}"`).join(' ') : undefined,
      exact: terms.length === 1 && terms[0] === words,
      matches,
    },
  ];
}
