import type { Level } from './levels.ts';

/** A word in any case. CloudWatch's expressions know no flags and no groups, and few signs (its guide, "Supported regular expressions"). */
const anyCase = (word: string): string =>
  [...word].map((letter) => `[${letter.toUpperCase()}${letter}]`).join('');

/** What every line has that the reader calls an error, and many others too. */
const errors = [
  // Words: error, stderr, fatal, critical, severe, alert, emergency, panic, fail; exceptions and tracebacks.
  ...['err', 'fata', 'ftl', 'crit', 'severe', 'alert', 'emerg', 'pani', 'fail', 'exception', 'timed'].map(
    anyCase,
  ),
  'Traceback|Fault|Interrupt|Exit|Unhandled|FATAL|GCs',
  // Numbers after level, lvl, severity, priority; levelno, severityNumber; letters after level.
  String.raw`[LlYy]\W{1,6}[0-3]\W|[LlYy]\W{1,6}[0-3]$|[LlYy]\W{1,6}[5-9]|[LlYy]\W{1,6}4\d\d`,
  String.raw`[Oo]\W{1,6}[4-9]|[Rr]\W{1,6}[12]\d|\W[EFCAP]\W|^[EFCAP]\W|[EF]\d{4}\s`,
  // Syslog's number.
  String.raw`^\W\d{1,3}\W|\W\d{1,3}\W[JFMASOND][a-z][a-z]\s|\W\d{1,3}\W1\s\d{4}-`,
  // A status from 500 on.
  String.raw`\W5\d\d\W|\W5\d\d$`,
];
const warnings = [
  ...['warn', 'wrn'].map(anyCase),
  String.raw`[LlYy]\W{1,6}4|[LlYy]\W{1,6}3\d\d|[Oo]\W{1,6}3|[Rr]\W{1,6}1\d|\WW\W|^W\W|W\d{4}\s`,
  String.raw`\W4\d\d\W|\W4\d\d$`,
];
/** Lines that belong to one before them. */
const frames = [
  String.raw`^\s|\sat\s|\sFile\s|Caused|Suppressed|goroutine|created\sby|Stack\strace|exit\sstatus`,
  String.raw`During\shandling|above\sexception|Node\.js\sv|\.\.\.|^/|node|file\W//|End\sof`,
];

/**
 * CloudWatch's filter pattern for a level and what is worse: a coarse expression that every such line matches, so that
 * few others are sent and read. `undefined` where most lines are of it.
 */
export function levelSieve(level: Level): string | undefined {
  if (level !== 'error' && level !== 'warn') return undefined;
  return `%${[...errors, ...(level === 'warn' ? warnings : []), ...frames].join('|')}%`;
}

/** A pattern for people, in the CloudWatch console: short enough for a link, and for the usual writers. */
export function consolePattern(level: Level): string | undefined {
  if (level !== 'error' && level !== 'warn') return undefined;
  const usual = String.raw`[Ee]rror|ERR|[Ff]atal|FATAL|CRIT|[Ee]xception|Traceback|[Pp]anic|level\W{1,4}[56]\d`;
  return `%${usual}${level === 'warn' ? String.raw`|[Ww]arn|WARN|level\W{1,4}4\d` : ''}%`;
}
