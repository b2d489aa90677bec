import { argument } from '../../core/command/arguments.ts';
import { count, environment, oneOf, service, words } from '../../core/command/kinds.ts';
import { type Action, invoke } from '../../core/reply/actions.ts';
import { note, type Part } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { dayTime, type Text } from '../../core/reply/text.ts';
import { defineRead } from '../define.ts';
import { counted, zoneName } from '../shared/format.ts';
import { describeLogs, logsData } from './data.ts';
import { emptyResultReply, olderThan } from './empty-result.ts';
import { type Entry, fold } from './entry.ts';
import { type Found, reach } from './found.ts';
import { fromCloudWatch } from './from-cloudwatch.ts';
import { fromPm2 } from './from-pm2.ts';
import { levelArgument } from './level-argument.ts';
import { again, consoleUrl, type LogArguments, type Query, queryOf, wanted } from './query.ts';
import { stackDetails } from './stack-details.ts';
import { timeArgument } from './time-argument.ts';

export const logs = defineRead({
  name: 'logs',
  summary: 'The newest log lines that match, folded, from CloudWatch or PM2’s own files',
  role: 'viewer',
  everyday: true,
  aliases: [
    'log',
    { words: 'errors', args: { level: 'error' } },
    { words: 'pm2 logs', args: { from: 'pm2' } },
  ],
  args: {
    service,
    env: environment,
    level: levelArgument.optional(),
    since: timeArgument.default('1h'),
    until: timeArgument.optional().flag(),
    filter: words('words').optional().flag().rest(),
    lines: count(reach).default(10).flag(),
    from: argument(oneOf('from', ['cloudwatch', 'pm2'], { cloudwatch: ['cw'], pm2: ['files'] }))
      .default('cloudwatch')
      .flag(),
    stream: argument(oneOf('stream', ['out', 'err'], { out: ['stdout'], err: ['stderr', 'error'] }))
      .optional()
      .flag(),
  },
  examples: [
    'logs',
    'logs errors 30m',
    'logs --since 3h --until 2h --filter fare is NaN',
    'logs --from pm2 --stream err --lines 50',
    'logs 09:30',
    'errors 1d',
  ],
  output: logsData,
  async run({ args, platform, signal }) {
    const now = platform.clock.now();
    const { timezone } = platform;
    const environment = platform.environment(args.env);
    const query = await queryOf(args, now, timezone);
    const found = await (query.from === 'pm2' ? fromPm2 : fromCloudWatch)(environment, query, signal);
    const links: Part[] =
      found.group === undefined
        ? []
        : [
            note([
              {
                kind: 'link',
                url: consoleUrl(environment.settings.region, found.group, query, now),
                label: 'Open in CloudWatch',
              },
            ]),
          ];
    if (found.entries.length === 0)
      return emptyResultReply(environment, now, args, query, found, links, signal);

    const folded = fold(found.entries);
    const shown = folded.slice(-query.lines);
    const title = `${query.service} · ${query.env} · ${wanted(query, now)}`;
    const seen = `${found.more ? 'the newest ' : ''}${counted(found.entries.length, 'line')}`;
    return createReply({
      title,
      data: describeLogs(query, found, shown),
      tone: query.level === 'error' || query.level === 'warn' ? 'warn' : 'info',
      summary: `${seen} of ${title}`,
      parts: [
        note(
          `${seen}${folded.length < found.entries.length ? `, folded to ${folded.length}` : ''}${shown.length < folded.length ? `, ${shown.length} shown` : ''} · times ${zoneName(timezone, now)}`,
        ),
        { kind: 'log', lines: shown.map(({ stack: _, ...line }) => line) },
        note(reachText(found, query, shown.length < folded.length)),
        ...found.missing.map((missing) => note(`Not read: ${missing}`)),
        ...links,
      ],
      details: [note(`From ${found.from}`), ...stackDetails(shown)],
      actions: buttons(args, query, found, shown, folded.length),
    });
  },
});

/** Whether there are more, and back to when was looked. */
function reachText({ more, searchedBackTo }: Found, { since, until }: Query, hidden: boolean): Text {
  const end = until ? [', up to ', dayTime(until)] : [];
  if (searchedBackTo)
    return ['Searched back to ', dayTime(searchedBackTo), ' only: there was much to read', ...end];
  if (more || hidden) return ['There are older ones since ', dayTime(since), ...end];
  return ['None before these since ', dayTime(since), ...end];
}

function buttons(
  args: LogArguments,
  query: Query,
  found: Found,
  shown: readonly Entry[],
  foldedCount: number,
): Action[] {
  return [
    ...(query.lines < 50 && foldedCount > shown.length
      ? [invoke('50', 'logs', again(args, { lines: 50 }))]
      : []),
    ...(query.level === 'error' ? [] : [invoke('Errors', 'logs', again(args, { level: 'error' }))]),
    ...olderButton(args, query, found, shown, foldedCount),
    ...(query.from === 'pm2'
      ? [invoke('From CloudWatch', 'logs', again(args, { from: 'cloudwatch' }))]
      : [invoke('From PM2’s files', 'logs', again(args, { from: 'pm2' }))]),
    invoke('Refresh', 'logs', again(args, {})),
  ];
}

/** The lines before those shown; when the span has no more, the span before it. PM2's files give their end only. */
function olderButton(
  args: LogArguments,
  query: Query,
  found: Found,
  shown: readonly Entry[],
  foldedCount: number,
): Action[] {
  if (query.from === 'pm2') return [];
  const oldest = shown[0]?.at;
  const inSpan = found.more || found.searchedBackTo !== undefined || foldedCount > shown.length;
  if (inSpan && oldest && oldest > query.since) return [olderThan(args, oldest, query)];
  const end = query.since;
  const width = (query.until ?? found.entries.at(-1)?.at ?? end).getTime() - end.getTime();
  const since = new Date(end.getTime() - Math.max(width, 3_600_000));
  return [invoke('Older', 'logs', again(args, { since: since.toISOString(), until: end.toISOString() }))];
}
