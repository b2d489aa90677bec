import { UserError } from '../../core/reply/errors.ts';
import { code, invoke, type LogLine, sentences } from '../../core/reply/reply.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Platform } from '../../platform/platform.ts';
import { type Source, sourceOf } from '../shared/inventory.ts';
import { findRunning } from '../shared/processes.ts';
import { entryOf, levelOrder } from './entry.ts';
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
export async function fromCloudWatch(platform: Platform, query: Query, signal: AbortSignal): Promise<Found> {
  const { service, env, since, until, filter, level, stream } = query;
  const group = platform.settings.logGroup(service, env);
  const files = [
    invoke('From PM2’s files', 'logs', { service, env, from: 'pm2' }),
    invoke('Status', 'status', { env }),
  ];
  if (group === undefined) {
    throw new UserError('not-found', `No log group is configured for ${service} in ${env}.`, {
      hint: sentences('Set its logGroup in d2.yaml.', orFiles),
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
  };
  try {
    const { events, more, searchedBackTo } = await platform.logs.search(search, { signal });
    const entries = events.map(({ at, stream: name, message }) =>
      entryOf({ message, at, fromErrors: /(^|[^a-z])err(or)?([^a-z]|$)/i.test(name) }),
    );
    return { entries, more, searchedBackTo, from: group, group, missing: [] };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error;
    throw new UserError('not-found', error.message, {
      hint: sentences(error.hint ?? 'Check its logGroup in d2.yaml.', orFiles),
      actions: files,
      cause: error,
    });
  }
}

/** PM2's log files on the running instances: the newest lines only, filtered here. Throws when no instance could be read. */
export async function fromPm2(platform: Platform, query: Query, signal: AbortSignal): Promise<Found> {
  const instances = await findRunning(platform, query.env, query.service, signal);
  const streams = query.stream ? [query.stream] : (['out', 'err'] as const);
  const read = await Promise.all(
    instances.flatMap((instance) =>
      streams.map((stream) => readFile(platform, instance, stream, query, signal)),
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
  { instances, settings }: Platform,
  instance: Instance,
  stream: 'out' | 'err',
  { service, since }: Query,
  signal: AbortSignal,
): Promise<{
  instance: Instance;
  stream: string;
  file: Source<{ path: string; lines: FileLine[]; cut: boolean }>;
}> {
  const tailed = await sourceOf(
    instances.tail(instance.id, settings.pm2Name(service), stream, reach, { signal }),
  );
  if (!tailed.ok) return { instance, stream, file: tailed };
  let at: Date | undefined;
  const lines = tailed.value.lines.map((message) => {
    const entry = entryOf({ message, at: undefined, fromErrors: stream === 'err' });
    // A line without a time (a stack's) belongs to the one before it.
    at = entry.at ?? at;
    return { message, entry: at ? { ...entry, at } : entry };
  });
  const oldest = lines[0]?.entry.at;
  const cut = tailed.value.truncated || (lines.length >= reach && (oldest === undefined || oldest > since));
  return { instance, stream, file: { ok: true, value: { path: tailed.value.path, lines, cut } } };
}

function matches({ message, entry }: FileLine, { since, until, level, filter }: Query): boolean {
  if (entry.at && (entry.at < since || (until && entry.at > until))) return false;
  if (filter !== undefined && !message.includes(filter)) return false;
  return (
    level === undefined ||
    (entry.level !== undefined && levelOrder.indexOf(entry.level) >= levelOrder.indexOf(level))
  );
}
