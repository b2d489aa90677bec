import type { Clock } from '../../clock.ts';
import { AwsError } from '../errors.ts';
import { type Input, mapsOf, numberOf, textOf } from '../service.ts';

export interface LogEvent {
  /** ms since the epoch. */
  at: number;
  message: string;
}

export interface StoredEvent extends LogEvent {
  stream: string;
  id: string;
  arrivedAt: number;
}

export interface Stream {
  createdAt: number;
  events: StoredEvent[];
}

export type GroupClass = 'STANDARD' | 'INFREQUENT_ACCESS';

interface Group {
  createdAt: number;
  groupClass: GroupClass;
  streams: Map<string, Stream>;
  /** What was written before the account was there; gone once it is in the streams. */
  past?: Past | undefined;
}

/** Makes a past by streams, each in order of time. */
export type Past = () => Iterable<readonly [stream: string, events: readonly LogEvent[]]>;

const fortnightMs = 14 * 86_400_000;
const twoHoursMs = 2 * 3_600_000;
const dayMs = 86_400_000;
// A batch's limits; each event counts 26 bytes more than its message.
const largestBatch = 1_048_576;
const mostEvents = 10_000;

export const sizeOf = ({ message }: LogEvent): number => Buffer.byteLength(message) + 26;

/** The account's log groups and what is in them. */
export function createLogsStore(clock: Clock) {
  const groups = new Map<string, Group>();
  let count = 0;

  const stored = (stream: string, event: LogEvent, now: number): StoredEvent => {
    count += 1;
    return {
      ...event,
      stream,
      id: String(count).padStart(38, '0'),
      arrivedAt: Math.min(now, event.at + 800),
    };
  };

  /** A past takes a while to make, and most who use an account never look into a group. */
  function withPast(group: Group): Group {
    const { past, streams } = group;
    if (!past) return group;
    group.past = undefined;
    for (const [name, events] of past()) {
      const later = streams.get(name);
      const earlier = events.map((event) => stored(name, event, Number.POSITIVE_INFINITY));
      streams.set(name, {
        createdAt: earlier[0]?.at ?? later?.createdAt ?? group.createdAt,
        events: [...earlier, ...(later?.events ?? [])],
      });
    }
    return group;
  }

  /** By name, or by ARN. Throws ResourceNotFoundException. */
  function find(input: Input): Group & { name: string } {
    const asked = textOf(input, 'logGroupName') || textOf(input, 'logGroupIdentifier');
    const name = /^arn:aws:logs:[^:]+:\d+:log-group:([^:]+)/.exec(asked)?.[1] ?? asked;
    const group = groups.get(name);
    if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return { ...withPast(group), name };
  }

  /** Of class Standard: the others are for Logs Insights. */
  function findSearchable(input: Input, action: string): Group {
    const group = find(input);
    if (group.groupClass === 'STANDARD') return group;
    throw new AwsError(
      'InvalidOperationException',
      `The log group ${group.name} is of log-group-class ${group.groupClass}. ${action} is not supported for this log class.`,
    );
  }

  function findStream(input: Input): Stream {
    const stream = find(input).streams.get(textOf(input, 'logStreamName'));
    if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    return stream;
  }

  /** Appends without an API call, as an agent on an instance does. */
  function append(groupName: string, streamName: string, events: readonly LogEvent[]): void {
    const streams = groups.get(groupName)?.streams;
    if (!streams) return;
    const now = clock.now().getTime();
    const stream = streams.get(streamName) ?? { createdAt: events[0]?.at ?? now, events: [] };
    for (const event of events) stream.events.push(stored(streamName, event, now));
    streams.set(streamName, stream);
  }

  /** PutLogEvents: takes what is in time, and says what of it was not. */
  function put(input: Input): Record<string, unknown> {
    findStream(input);
    const events = mapsOf(input, 'logEvents').map((event) => ({
      at: numberOf(event, 'timestamp') ?? 0,
      message: textOf(event, 'message'),
    }));
    checkBatch(events);
    const now = clock.now().getTime();
    const old = events.filter(({ at }) => at < now - fortnightMs).length;
    const early = events.findIndex(({ at }) => at > now + twoHoursMs);
    append(
      find(input).name,
      textOf(input, 'logStreamName'),
      events.filter(({ at }) => at >= now - fortnightMs && at <= now + twoHoursMs),
    );
    const rejected = {
      ...(old > 0 && { tooOldLogEventEndIndex: old }),
      ...(early >= 0 && { tooNewLogEventStartIndex: early }),
    };
    return {
      nextSequenceToken: String(count),
      ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
    };
  }

  return {
    find,
    findSearchable,
    findStream,
    append,
    put,
    names: (): string[] => [...groups.keys()].sort(),
    createGroup(name: string, past?: Past, groupClass: GroupClass = 'STANDARD'): void {
      groups.set(name, { createdAt: clock.now().getTime(), groupClass, streams: new Map(), past });
    },
    createStream(input: Input): void {
      const { streams } = find(input);
      const name = textOf(input, 'logStreamName');
      if (streams.has(name))
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      if (!/^[^:*]{1,512}$/.test(name))
        throw new AwsError('InvalidParameterException', `Log stream name ${name} is not valid.`);
      streams.set(name, { createdAt: clock.now().getTime(), events: [] });
    },
    deleteGroup: (name: string): boolean => groups.delete(name),
  };
}

function checkBatch(events: readonly LogEvent[]): void {
  const invalid = (message: string) => new AwsError('InvalidParameterException', message);
  if (events.length === 0 || events.length > mostEvents)
    throw invalid(`A batch has 1 to ${mostEvents} log events.`);
  if (events.reduce((size, event) => size + sizeOf(event), 0) > largestBatch)
    throw invalid(`Upload too large: a batch has at most ${largestBatch} bytes.`);
  if (events.some((event, index) => event.at < (events[index - 1]?.at ?? 0)))
    throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
  if ((events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0) > dayMs)
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
}

export type LogsStore = ReturnType<typeof createLogsStore>;
