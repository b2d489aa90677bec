import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { LogLine } from '../../core/reply/parts.ts';
import { code, sentences } from '../../core/reply/text.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import { serviceSettings } from '../../platform/services.ts';
import type { ServiceSettings } from '../../platform/settings.ts';
import { type Source, sourceOf } from '../shared/inventory.ts';
import { findRunning } from '../shared/processes.ts';
import { entriesOf, levelOrder } from './entry.ts';
import type { Query } from './query.ts';

export interface Found {
  /** Oldest first. */
  entries: LogLine[];
  /** There are older ones that match. */
  more: boolean;
  /** Where the search gave up before the span's beginning. */
  searchedBackTo: Date | undefined;
  /** `/aws/ec2/…`, or the files on the instances. */
  from: string;
  group: string | undefined;
  /** What could not be read: an instance and why. */
  missing: string[];
}

/** As many matching lines as one look reads; fewer are shown. */
export const reach = 200;

const orFiles = ['PM2’s own files can be read with ', code('--from pm2'), '.'];

/** Throws `UserError` not-found without a group, or what the search throws. */
export async function fromCloudWatch(
  { logs, settings }: Environment,
  query: Query,
  signal: AbortSignal,
): Promise<Found> {
  const { service, env, since, until, filter, level, stream } = query;
  const { logGroup: group, streams } = serviceSettings(service, settings) ?? {};
  const files = [
    invoke('From PM2’s files', 'logs', { service, env, from: 'pm2' }),
    invoke('Status', 'status', { env }),
  ];
  if (group === undefined) {
    throw new UserError('not-found', `No log group is configured for ${service} in ${env}.`, {
      hint: sentences(`Say it in ${settings.where(`services.${service}.logs`)}.`, orFiles),
      actions: files,
    });
  }
  const search = {
    group,
    since,
    limit: reach,
    ...(until && { until }),
    ...(filter !== undefined && { words: filter }),
    ...(level && { level }),
    ...(stream && { stream }),
    ...(streams && { streams }),
  };
  try {
    const { events, more, searchedBackTo } = await logs.search(search, { signal });
    const lines = events.map(({ at, stream: source, message }) => ({
      message,
      at,
      source,
      fromErrors: isErrorStream(source, streams),
    }));
    const entries = entriesOf(lines)
      .map(({ entry }) => entry)
      // CloudWatch matches words, which may stand elsewhere than in the level.
      .filter((entry) => level === undefined || entry.level === undefined || isAtLeast(entry, level));
    return { entries, more, searchedBackTo, from: group, group, missing: [] };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error;
    throw new UserError('not-found', error.message, {
      hint: sentences(`${settings.where(`services.${service}.logs`)} names it: correct it there.`, orFiles),
      actions: files,
      cause: error,
    });
  }
}

/** By the configured word; without one, by `err` or `error` as a word of its own. */
const isErrorStream = (name: string, streams: ServiceSettings['streams']): boolean =>
  streams ? name.includes(streams.err) : /(^|[^a-z])err(or)?([^a-z]|$)/i.test(name);

/** PM2's log files on the running instances: the newest lines only, filtered here. Throws when no instance could be read. */
export async function fromPm2(environment: Environment, query: Query, signal: AbortSignal): Promise<Found> {
  const instances = await findRunning(environment, query.service, signal);
  const streams = query.stream ? [query.stream] : (['out', 'err'] as const);
  const read = await Promise.all(
    instances.flatMap((instance) =>
      streams.map((stream) => readFile(environment, instance, stream, query, signal)),
    ),
  );
  const heard = read.flatMap(({ file }) => (file.ok ? [file.value] : []));
  const deaf = read.flatMap(({ instance, stream, file }) =>
    file.ok ? [] : [`${stream} of ${instance.id}: ${file.reason}`],
  );
  if (heard.length === 0) {
    throw new UserError(
      'unavailable',
      `PM2’s files could not be read: ${deaf[0] ?? 'no instance answered'}`,
      {
        hint: 'What the CloudWatch agent sent on can still be read.',
        actions: [invoke('From CloudWatch', 'logs', { service: query.service, env: query.env })],
      },
    );
  }
  const matching = heard
    .flatMap(({ lines }) => lines)
    .filter((line) => matches(line, query))
    .map(({ entry }) => entry)
    .sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  return {
    entries: matching.slice(-reach),
    more: matching.length > reach || heard.some(({ cut }) => cut),
    searchedBackTo: undefined,
    from: [...new Set(heard.map(({ path }) => path))].join(' and '),
    group: undefined,
    missing: deaf,
  };
}

interface FileLine {
  message: string;
  entry: LogLine;
}

async function readFile(
  { instances }: Environment,
  instance: Instance,
  stream: 'out' | 'err',
  { service, since }: Query,
  signal: AbortSignal,
): Promise<{
  instance: Instance;
  stream: string;
  file: Source<{ path: string; lines: FileLine[]; cut: boolean }>;
}> {
  const tailed = await sourceOf(instances.tail(instance.id, service, stream, reach, { signal }));
  if (!tailed.ok) return { instance, stream, file: tailed };
  const { path } = tailed.value;
  const raw = tailed.value.lines.map((message) => ({
    message,
    at: undefined,
    source: path,
    fromErrors: stream === 'err',
  }));
  let at: Date | undefined;
  const lines = entriesOf(raw).map(({ message, entry }) => {
    // A line without a time belongs to the one before it.
    at = entry.at ?? at;
    return { message, entry: at ? { ...entry, at } : entry };
  });
  const oldest = lines[0]?.entry.at;
  const cut = tailed.value.truncated || (raw.length >= reach && (oldest === undefined || oldest > since));
  return { instance, stream, file: { ok: true, value: { path, lines, cut } } };
}

function matches({ message, entry }: FileLine, { since, until, level, filter }: Query): boolean {
  if (entry.at && (entry.at < since || (until && entry.at > until))) return false;
  if (filter !== undefined && !message.includes(filter)) return false;
  return level === undefined || isAtLeast(entry, level);
}

const isAtLeast = (entry: LogLine, level: NonNullable<LogLine['level']>): boolean =>
  entry.level !== undefined && levelOrder.indexOf(entry.level) >= levelOrder.indexOf(level);
