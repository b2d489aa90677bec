import type { Value } from '../../core/command/arguments.ts';
import { readDuration } from '../../core/command/kinds.ts';
import type { Invocation } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { createFilter } from '../../platform/log-filter.ts';
import { consolePattern } from '../../platform/log-lines/sieve.ts';
import type { LogSearch } from '../../platform/logs.ts';
import { span } from '../shared/format.ts';

/** The arguments of `logs`, as typed. */
export interface LogArguments {
  service: string;
  env: string;
  level: LogSearch['level'] | undefined;
  since: string;
  until: string | undefined;
  filter: string | undefined;
  lines: number;
  from: 'cloudwatch' | 'pm2';
  stream: 'out' | 'err' | undefined;
}

/** The same with its times resolved. */
export interface Query extends Omit<LogArguments, 'since' | 'until'> {
  since: Date;
  until: Date | undefined;
}

/** Throws `UserError` usage when the span is empty or still to come. */
export async function queryOf(args: LogArguments, now: Date, timeZone: string): Promise<Query> {
  const since = await timeOf(args.since, now, timeZone, 'from');
  const end = args.until === undefined ? undefined : await timeOf(args.until, now, timeZone, 'to');
  const until = end && end < now ? end : undefined;
  if (since >= now) {
    throw new UserError('usage', `--since ${args.since} is still to come.`, {
      hint: 'For example: --since 2h',
    });
  }
  if (until && since >= until) {
    throw new UserError('usage', 'That span is empty: --since is not before --until.', {
      hint: 'For example: --since 3h --until 2h, the hour from three hours ago.',
    });
  }
  return { ...args, since, until };
}

async function timeOf(word: string, now: Date, timeZone: string, edge: 'from' | 'to'): Promise<Date> {
  const ago = readDuration(word);
  if (ago !== undefined) return new Date(now.getTime() - ago);
  // Temporal is a fourth of what every start would have to read.
  const { resolveTime } = await import('./resolve-time.ts');
  return resolveTime(word, now, timeZone, edge);
}

/** `errors · "fare" · 1 h`: what was looked for, after service and environment. */
export function wanted({ level, filter, since, until, from, stream }: Query, now: Date): string {
  return [
    ...(level ? [level === 'error' ? 'errors' : `${level} and worse`] : []),
    ...(filter === undefined ? [] : [`"${filter}"`]),
    span((until ?? now).getTime() - since.getTime()),
    ...(from === 'pm2' ? ['PM2’s files'] : []),
    ...(stream ? [stream] : []),
  ].join(' · ');
}

/** The words of a query again, some of them changed: for its buttons. `undefined` takes one out. */
export function again(
  args: LogArguments,
  changes: Partial<Record<keyof LogArguments, Value | undefined>>,
): Invocation['args'] {
  const said: [string, Value][] = [];
  for (const [name, value] of Object.entries({ ...args, ...changes })) {
    if (value !== undefined) said.push([name, value]);
  }
  return Object.fromEntries(said);
}

/** CloudWatch’s console at this query. Its address wants everything encoded twice, with $ for %. */
export function consoleUrl(region: string, group: string, query: Query, now: Date): string {
  // A lone surrogate would throw.
  const once = (text: string) => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
  const dollars = (encoded: string) => encoded.replaceAll('%', '$');
  const words = createFilter(query.filter === undefined ? {} : { words: query.filter }).pattern;
  const pattern = (query.level && consolePattern(query.level)) ?? words;
  const parameters = [
    `start=${query.since.getTime()}`,
    `end=${(query.until ?? now).getTime()}`,
    ...(pattern === undefined ? [] : [`filterPattern=${once(pattern)}`]),
  ].join('&');
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${dollars(once(once(group)))}/log-events${dollars(once(`?${parameters}`))}`;
}
