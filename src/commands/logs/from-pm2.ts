import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import type { LogFile } from '../../platform/instances.ts';
import { isAtLeast } from '../../platform/log-lines/levels.ts';
import { type Source, sourceOf } from '../shared/inventory.ts';
import { findRunning } from '../shared/processes.ts';
import { type Entry, entriesOf } from './entry.ts';
import { type Found, reach } from './found.ts';
import type { Query } from './query.ts';

type Stream = 'out' | 'err';

interface Read {
  instance: Instance;
  stream: Stream;
  files: Source<LogFile[]>;
}

/** PM2's log files on the running instances: the newest lines only, filtered here. Throws when no instance could be read. */
export async function fromPm2(environment: Environment, query: Query, signal: AbortSignal): Promise<Found> {
  const { service, env, since } = query;
  const running = await findRunning(environment, service, signal);
  const streams: readonly Stream[] = query.stream ? [query.stream] : ['out', 'err'];
  const read = await Promise.all(
    running.flatMap((instance) =>
      streams.map(async (stream): Promise<Read> => {
        const files = environment.instances.tail(instance.id, service, stream, reach, { signal });
        return { instance, stream, files: await sourceOf(files) };
      }),
    ),
  );
  const missing = read.flatMap(({ instance, stream, files }) =>
    files.ok ? [] : [`${stream} of ${instance.id}: ${files.reason}`],
  );
  if (missing.length === read.length) {
    throw new UserError(
      'unavailable',
      `PM2’s files could not be read: ${missing[0] ?? 'no instance answered'}`,
      {
        hint: 'What the CloudWatch agent sent on can still be read.',
        actions: [invoke('From CloudWatch', 'logs', { service, env })],
      },
    );
  }
  const files = withoutTwins(read);
  const matching = files
    .flatMap(({ file, stream }) => datedEntries(file, stream, query))
    .filter(({ message, entry }) => matches(message, entry, query))
    .sort((a, b) => a.order - b.order);
  return {
    entries: matching.slice(-reach).map(({ entry }) => entry),
    more: matching.length > reach || files.some(({ file }) => goesOn(file, since)),
    searchedBackTo: undefined,
    from: [...new Set(files.map(({ file }) => file.path))].join(' and '),
    group: undefined,
    missing: [...missing, ...files.flatMap(({ file }) => (file.unread === undefined ? [] : [file.unread]))],
  };
}

/** Each file once: PM2 may write both streams into one. */
function withoutTwins(read: readonly Read[]): { file: LogFile; stream: Stream }[] {
  const all = read.flatMap(({ instance, stream, files }) =>
    files.ok ? files.value.map((file) => [`${instance.id} ${file.path}`, { file, stream }] as const) : [],
  );
  // Of a file for both, the first: what says no level there is not known to be an error.
  return [...new Map(all.toReversed()).values()].reverse();
}

const goesOn = ({ truncated, lines }: LogFile, since: Date): boolean => {
  if (truncated) return true;
  const [first] = lines.length >= reach ? entriesOf([raw(lines[0] ?? '', 'out', '')]) : [];
  return first !== undefined && (first.entry.at === undefined || first.entry.at > since);
};

const raw = (message: string, stream: Stream, source: string) => ({
  message,
  at: undefined,
  source,
  fromErrors: stream === 'err',
});

interface DatedEntry {
  message: string;
  entry: Entry;
  /** Its place among the lines of all files: ms since 1970. */
  order: number;
}

/**
 * A file's lines that may be in the span. One without a time was written between those before and after it, the last
 * before the file was written to last: it goes only when all of that is outside the span.
 */
function datedEntries(
  { path, worker, lines, writtenAt }: LogFile,
  stream: Stream,
  { since, until }: Query,
): DatedEntry[] {
  const writer = worker === undefined ? undefined : `worker ${worker}`;
  const entries = entriesOf(lines.map((line) => ({ ...raw(line, stream, path), writer })));
  const after = timesAfter(entries, writtenAt);
  let before: number | undefined;
  return entries.flatMap(({ message, entry }, index): DatedEntry[] => {
    before = entry.at?.getTime() ?? before;
    const earliest = before ?? Number.NEGATIVE_INFINITY;
    const latest = entry.at ? earliest : (after[index] ?? Number.POSITIVE_INFINITY);
    if (latest < since.getTime() || (until && earliest > until.getTime())) return [];
    // Where the line before is older than the span, it says nothing of when this one was written.
    const isTold = earliest >= since.getTime();
    const at = isTold ? new Date(earliest) : undefined;
    const { at: _, ...untimed } = entry;
    return [{ message, entry: at ? { ...untimed, at } : untimed, order: isTold ? earliest : latest }];
  });
}

/** For each entry the time of the next that has one, after the last that of the file. */
function timesAfter(
  entries: readonly { entry: Entry }[],
  writtenAt: Date | undefined,
): (number | undefined)[] {
  let after = writtenAt?.getTime();
  return entries
    .toReversed()
    .map(({ entry }) => {
      const known = after;
      after = entry.at?.getTime() ?? after;
      return known;
    })
    .reverse();
}

const matches = (message: string, { level }: Entry, query: Query): boolean =>
  (query.filter === undefined || message.includes(query.filter)) &&
  (query.level === undefined || isAtLeast(level, query.level));
