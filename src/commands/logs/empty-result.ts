import type { z } from 'zod';
import { type Action, invoke } from '../../core/reply/actions.ts';
import { type Fact, facts, note, type Part } from '../../core/reply/parts.ts';
import { createReply, type ReplyWith } from '../../core/reply/reply.ts';
import { dayTime } from '../../core/reply/text.ts';
import type { Environment } from '../../platform/environment.ts';
import { instancesOf } from '../../platform/services.ts';
import { isoTime } from '../shared/data.ts';
import { sourceOf } from '../shared/inventory.ts';
import { describeLogs, type logsData } from './data.ts';
import type { Found } from './found.ts';
import { again, type LogArguments, type Query, wanted } from './query.ts';

/** Nothing matched: when the last line was, and why there may be none. */
export async function emptyResultReply(
  { logs, compute, settings }: Environment,
  now: Date,
  args: LogArguments,
  query: Query,
  found: Found,
  links: readonly Part[],
  signal: AbortSignal,
): Promise<ReplyWith<z.infer<typeof logsData>>> {
  const { service, env, level, filter } = query;
  const call = { signal };
  const [last, instances] = await Promise.all([
    sourceOf(found.group === undefined ? Promise.resolve(undefined) : logs.lastEventAt(found.group, call)),
    sourceOf(compute.listInstances(call)),
  ]);
  const reasons: Fact[] = [];
  const actions: Action[] = [];
  if (instances.ok) {
    const own = instancesOf(instances.value, service, settings);
    const states = [...new Set(own.map(({ state }) => state))];
    if (own.length === 0) reasons.push({ label: 'why', value: `there is no ${service} instance in ${env}` });
    else if (!states.includes('running')) {
      reasons.push({ label: 'why', value: `${env} is asleep: the instance is ${states.join(', ')}` });
      if (states.includes('stopped')) actions.push(invoke(`Start ${env}`, 'start', { env }));
    }
  }
  if (found.group !== undefined) reasons.unshift(lastFact(last));
  if (filter !== undefined || level !== undefined || query.stream !== undefined) {
    const narrowed = [
      ...(filter === undefined ? [] : [`only lines with "${filter}", capitals as typed`]),
      ...(level === undefined
        ? []
        : [`only lines of level ${level}${level === 'error' ? '' : ' and worse'}`]),
      ...(query.stream === undefined ? [] : [`only ${query.stream}`]),
    ];
    reasons.push({ label: 'looked for', value: narrowed.join(', ') });
    actions.push(
      invoke('All lines', 'logs', again(args, { filter: undefined, level: undefined, stream: undefined })),
    );
  }
  const at = last.ok ? last.value : undefined;
  if (at && at < query.since) {
    const hourBefore = new Date(at.getTime() - 3_600_000).toISOString();
    const justAfter = new Date(at.getTime() + 1_000).toISOString();
    actions.push(invoke('The last lines', 'logs', again(args, { since: hourBefore, until: justAfter })));
  } else if (found.group !== undefined && last.ok && at === undefined) {
    reasons.push({
      label: 'why',
      value: 'the log group is empty: see whether the CloudWatch agent runs there',
    });
    actions.push(invoke('From PM2’s files', 'logs', again(args, { from: 'pm2' })));
  }
  const title = `${service} · ${env}: no line in ${wanted(query, now)}`;
  return createReply({
    title,
    tone: 'info',
    data: { ...describeLogs(query, found, []), lastLineAt: isoTime(last.ok ? last.value : undefined) },
    parts: [
      facts(reasons),
      ...(found.searchedBackTo
        ? [note(['Searched back to ', dayTime(found.searchedBackTo), ' only: there was much to read.'])]
        : []),
      ...found.missing.map((missing) => note(`Not read: ${missing}`)),
      ...links,
    ],
    actions: [
      ...actions,
      ...(found.searchedBackTo ? [olderThan(args, found.searchedBackTo, query)] : []),
    ].slice(0, 5),
  });
}

export const olderThan = (args: LogArguments, at: Date, { since }: Query): Action =>
  invoke('Older', 'logs', again(args, { since: since.toISOString(), until: at.toISOString() }));

function lastFact(last: Awaited<ReturnType<typeof sourceOf<Date | undefined>>>): Fact {
  if (!last.ok) return { label: 'last line', value: `unknown: ${last.reason}` };
  return { label: 'last line', value: last.value ? [dayTime(last.value)] : 'never' };
}
