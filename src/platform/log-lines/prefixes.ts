import { type Level, syslogLevel } from './levels.ts';
import { clockPattern, dayOfMonthPattern, readTime, timePattern } from './times.ts';

/** What stands before a line and is not its writer's: who passed it on, and when. */
interface Prefix {
  name: string;
  /** A whole line, with `boom` for what is left. */
  example: string;
  pattern: RegExp;
}

export interface Stripped {
  text: string;
  /** The same, with what times were no whole times. */
  shown: string;
  at: Date | undefined;
  /** As syslog numbers say it. */
  level: Level | undefined;
  fromErrors: boolean;
}

const time = `(?<time>${timePattern})`;
// Without a date, or without its year: taken off, and no time of it.
const partial = `(?<partial>${clockPattern}|${dayOfMonthPattern})`;
const host = String.raw`[\w.-]{1,64} [\w./@-]{1,64}`;

/** Each is taken off as often as it stands there; one more is one more entry. */
export const prefixes: readonly Prefix[] = [
  {
    name: 'pm2 logs',
    example: '0|backend-api  | boom',
    pattern: /^(?:\d{1,4}\|[\w.@/-]{1,64}|PM2) +\| ?/,
  },
  {
    name: 'docker compose',
    example: 'backend-api-1  | boom',
    pattern: /^[\w.-]{1,64}-\d{1,3} +\| ?/,
  },
  {
    name: 'containerd',
    example: '2026-01-21T01:00:00.123456789Z stderr F boom',
    pattern: new RegExp(`^${time} (?<stream>stdout|stderr) [FP] `),
  },
  {
    name: 'syslog, RFC 5424',
    example: '<165>1 2026-01-21T01:00:00.123Z host backend-api 812 - - boom',
    pattern: new RegExp(
      String.raw`^<(?<priority>\d{1,3})>1 (?:${time}|-) \S+ \S+ \S+ \S+ (?:-|(?:\[[^\]]*\])+) ?`,
    ),
  },
  {
    name: 'syslog’s number',
    example: '<30>Jan 21 01:00:00 host backend-api[812]: boom',
    pattern: /^<(?<priority>\d{1,3})>(?=\w)/,
  },
  {
    name: 'syslog and journalctl',
    example: 'Jan 21 01:00:00 ip-10-0-1-7 backend-api[812]: boom',
    // After a whole date words may be a message's, unless they end in a process id.
    pattern: new RegExp(String.raw`^(?:${time} ${host}\[\d+\]|${dayOfMonthPattern} ${host}(?:\[\d+\])?): `),
  },
  {
    name: 'PM2’s log_date_format, docker’s and any writer’s time',
    example: '2026-01-21 09:00:00.123 +08:00: boom',
    pattern: new RegExp(String.raw`^(?:${time}|${partial})(?::? |:?\t| [-|] |[-|] ?|:$|$)`),
  },
  {
    name: 'a time in brackets',
    example: '[2026-01-21T01:00:00.123Z] boom',
    pattern: new RegExp(String.raw`^\[(?:${time}|${partial})\](?::? |\t|$)`),
  },
];

/** A line without its prefixes; the writer's own time is the last of them. */
export function stripPrefixes(line: string): Stripped {
  const found: Stripped = { text: line, shown: line, at: undefined, level: undefined, fromErrors: false };
  let isPartial = false;
  for (let taken = 0; taken < 6; taken++) {
    const match = prefixes.map(({ pattern }) => pattern.exec(found.text)).find((one) => one !== null);
    if (!match) break;
    const { time: at, priority, stream, partial: part } = match.groups ?? {};
    found.text = found.text.slice(match[0].length);
    isPartial ||= part !== undefined;
    if (!isPartial) found.shown = found.text;
    found.at = (at === undefined ? undefined : readTime(at)) ?? found.at;
    if (priority !== undefined) found.level = syslogLevel(Number(priority) % 8);
    if (stream === 'stderr') found.fromErrors = true;
  }
  return found;
}
