import { AwsError } from '../errors.ts';
import { type Input, numberOf, textOf, textsOf } from '../service.ts';
import { compilePattern } from './filter-pattern.ts';
import type { LogsStore, StoredEvent, Stream } from './store.ts';
import { sizeOf } from './store.ts';

// Of events looked at for one page, so that pages may be short, or empty with a token.
const pageBytes = 1_000_000;
const mostEvents = 10_000;
const since2024 = Date.UTC(2024, 0, 1);

const invalid = (message: string) => new AwsError('InvalidParameterException', message);

function limitOf(input: Input): number {
  const limit = numberOf(input, 'limit') ?? mostEvents;
  if (limit >= 1 && limit <= mostEvents) return limit;
  throw invalid(`'limit' must be between 1 and ${mostEvents}.`);
}

const byTime = (a: StoredEvent, b: StoredEvent): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** FilterLogEvents: over all of a group's streams, or some, in one order of time. */
export function filterEvents(store: LogsStore, input: Input) {
  const { streams } = store.findSearchable(input, 'FilterLogEvents');
  const matches = compilePattern(textOf(input, 'filterPattern'));
  const limit = limitOf(input);
  const { newestFirst, from } = directionOf(input);
  const since = numberOf(input, 'startTime') ?? 0;
  const until = numberOf(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  if (since > until) throw invalid('startTime is after endTime.');
  const wanted = new Set(streamsOf(input, [...streams.keys()]));
  const all = inOrder(streams);
  const first = indexAt(all, since);
  const length = indexAt(all, until + 1) - first;
  const found: StoredEvent[] = [];
  let index = from;
  for (let looked = 0; index < length && found.length < limit && looked < pageBytes; index++) {
    const event = all[newestFirst ? first + length - 1 - index : first + index];
    if (!event) break;
    if (!wanted.has(event.stream)) continue;
    looked += sizeOf(event);
    if (matches(event.message)) found.push(event);
  }
  return {
    events: found.map((event) => ({ ...shown(event), logStreamName: event.stream, eventId: event.id })),
    searchedLogStreams: [],
    nextToken: index < length ? `${newestFirst ? 'b' : 'f'}/${index}` : undefined,
  };
}

const ordered = new WeakMap<object, { count: number; events: StoredEvent[] }>();

/** All events of a group by time, kept until it has more of them. */
function inOrder(streams: ReadonlyMap<string, Stream>): readonly StoredEvent[] {
  const lists = [...streams.values()].map(({ events }) => events);
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  const known = ordered.get(streams);
  if (known?.count === count) return known.events;
  const events = lists.flat().sort(byTime);
  ordered.set(streams, { count, events });
  return events;
}

/** Where the first event stands that is not before a time. */
function indexAt(events: readonly StoredEvent[], at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A token keeps its direction, whatever the later request says. */
function directionOf(input: Input): { newestFirst: boolean; from: number } {
  const token = textOf(input, 'nextToken');
  if (token !== '') {
    const match = /^([bf]\/)?(\d{1,9})$/.exec(token);
    if (!match) throw invalid('The specified nextToken is invalid.');
    return { newestFirst: match[1] === 'b/', from: Number(match[2]) };
  }
  const newestFirst = input.startFromHead === false;
  if (newestFirst && (numberOf(input, 'startTime') ?? 0) < since2024)
    throw invalid('startFromHead can be false only with a startTime on or after January 1, 2024.');
  return { newestFirst, from: 0 };
}

function streamsOf(input: Input, all: readonly string[]): readonly string[] {
  const names = textsOf(input, 'logStreamNames');
  const prefix = textOf(input, 'logStreamNamePrefix');
  if (names.length > 0 && prefix) throw invalid('logStreamNames and logStreamNamePrefix exclude each other.');
  if (names.length > 100) throw invalid('At most 100 logStreamNames.');
  const absent = names.find((name) => !all.includes(name));
  if (absent !== undefined)
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return names.length > 0 ? names : all.filter((name) => name.startsWith(prefix));
}

/** GetLogEvents: one stream, forwards or back from a token; at an end the token stays the same. */
export function readStream(store: LogsStore, input: Input) {
  const since = numberOf(input, 'startTime') ?? 0;
  const until = numberOf(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  const limit = limitOf(input);
  store.findSearchable(input, 'GetLogEvents');
  const events = store
    .findStream(input)
    .events.filter(({ at }) => at >= since && at < until)
    .sort(byTime);
  const [start, end] = windowOf(input, events.length, limit);
  return {
    events: events.slice(start, end).map(shown),
    nextForwardToken: `f/${end}`,
    nextBackwardToken: `b/${start}`,
  };
}

function windowOf(input: Input, length: number, limit: number): [number, number] {
  const token = textOf(input, 'nextToken');
  const [, way = input.startFromHead === true ? 'f' : 'b', at] = /^([bf])\/(\d{1,9})$/.exec(token) ?? [];
  if (token !== '' && at === undefined) throw invalid('The specified nextToken is invalid.');
  const from = Math.min(length, at === undefined ? (way === 'f' ? 0 : length) : Number(at));
  return way === 'f' ? [from, Math.min(length, from + limit)] : [Math.max(0, from - limit), from];
}

const shown = ({ at, message, arrivedAt }: StoredEvent) => ({
  timestamp: at,
  message,
  ingestionTime: arrivedAt,
});
