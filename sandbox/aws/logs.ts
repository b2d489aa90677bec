import type { Clock } from '../clock.ts';
import { AwsError } from './errors.ts';
import { compilePattern } from './filter-pattern.ts';
import { accountId } from './identity.ts';
import { type Input, mapsOf, numberOf, pageOf, type Service, textOf, textsOf } from './service.ts';
import { region } from './world.ts';

export interface LogEvent {
  at: number;
  message: string;
}

interface Kept extends LogEvent {
  stream: string;
  id: string;
}

const fortnightMs = 14 * 86_400_000;
const twoHoursMs = 2 * 3_600_000;
// Of events looked at for one page; AWS's is about a megabyte.
const pageBytes = 1_000_000;

export function createLogs(clock: Clock, changed: () => void) {
  const groups = new Map<string, Map<string, Kept[]>>();
  let count = 0;

  function group(name: string): Map<string, Kept[]> {
    const found = groups.get(name);
    if (!found) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return found;
  }

  /** Appends without an API call, as an agent on an instance does. */
  function append(groupName: string, stream: string, events: readonly LogEvent[]): void {
    const streams = groups.get(groupName);
    if (!streams) return;
    const kept = streams.get(stream) ?? [];
    for (const event of events) {
      count += 1;
      kept.push({ ...event, stream, id: String(count).padStart(38, '0') });
    }
    streams.set(stream, kept);
  }

  function filter(input: Input) {
    const streams = group(textOf(input, 'logGroupName'));
    const names = textsOf(input, 'logStreamNames');
    const prefix = textOf(input, 'logStreamNamePrefix');
    const since = numberOf(input, 'startTime') ?? 0;
    const until = numberOf(input, 'endTime') ?? Number.POSITIVE_INFINITY;
    const matches = compilePattern(textOf(input, 'filterPattern'));
    const newestFirst = input.startFromHead === false;
    const limit = Math.min(10_000, numberOf(input, 'limit') ?? 10_000);
    const inRange = [...streams]
      .filter(([name]) => (names.length > 0 ? names.includes(name) : name.startsWith(prefix)))
      .flatMap(([, events]) => events.filter(({ at }) => at >= since && at < until))
      .sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
    if (newestFirst) inRange.reverse();
    let index = Number(textOf(input, 'nextToken') || 0);
    const found: Kept[] = [];
    for (let looked = 0; index < inRange.length && found.length < limit && looked < pageBytes; index++) {
      const event = inRange[index];
      if (!event) break;
      looked += event.message.length + 26;
      if (matches(event.message)) found.push(event);
    }
    return {
      events: found.map(({ at, message, stream, id }) => ({
        timestamp: at,
        ingestionTime: at + 800,
        message,
        logStreamName: stream,
        eventId: id,
      })),
      searchedLogStreams: [],
      nextToken: index < inRange.length ? String(index) : undefined,
    };
  }

  function put(input: Input) {
    const streams = group(textOf(input, 'logGroupName'));
    const name = textOf(input, 'logStreamName');
    if (!streams.has(name))
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const now = clock.now().getTime();
    const events = mapsOf(input, 'logEvents').map((event) => ({
      at: numberOf(event, 'timestamp') ?? 0,
      message: textOf(event, 'message'),
    }));
    if (events.some((event, index) => event.at < (events[index - 1]?.at ?? 0))) {
      throw new AwsError(
        'InvalidParameterException',
        'Log events in a single PutLogEvents request must be in chronological order.',
      );
    }
    const old = events.filter(({ at }) => at < now - fortnightMs).length;
    const early = events.findIndex(({ at }) => at > now + twoHoursMs);
    append(
      textOf(input, 'logGroupName'),
      name,
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

  const streamOf = ([name, events]: [string, Kept[]]) => ({
    logStreamName: name,
    creationTime: events[0]?.at ?? clock.now().getTime(),
    firstEventTimestamp: events[0]?.at,
    lastEventTimestamp: events.at(-1)?.at,
  });

  const service: Service = {
    name: 'logs',
    protocol: 'json',
    actions: {
      DescribeLogGroups: {
        run(input) {
          const prefix = textOf(input, 'logGroupNamePrefix');
          const found = [...groups.keys()].filter((name) => name.startsWith(prefix)).sort();
          const { items, next } = pageOf(found, textOf(input, 'nextToken'), numberOf(input, 'limit') ?? 50);
          return {
            logGroups: items.map((name) => ({
              logGroupName: name,
              arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`,
              retentionInDays: 30,
            })),
            nextToken: next,
          };
        },
      },
      DescribeLogStreams: {
        run(input) {
          const streams = [...group(textOf(input, 'logGroupName'))]
            .map(streamOf)
            .filter(({ logStreamName }) => logStreamName.startsWith(textOf(input, 'logStreamNamePrefix')));
          const byTime = textOf(input, 'orderBy') === 'LastEventTime';
          streams.sort((a, b) =>
            byTime
              ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0)
              : a.logStreamName.localeCompare(b.logStreamName),
          );
          if (input.descending === true) streams.reverse();
          const { items, next } = pageOf(streams, textOf(input, 'nextToken'), numberOf(input, 'limit') ?? 50);
          return { logStreams: items, nextToken: next };
        },
      },
      FilterLogEvents: { run: filter },
      GetLogEvents: {
        run(input) {
          const events = group(textOf(input, 'logGroupName')).get(textOf(input, 'logStreamName'));
          if (!events)
            throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
          return {
            events: events
              .slice(-(numberOf(input, 'limit') ?? 10_000))
              .map(({ at, message }) => ({ timestamp: at, message, ingestionTime: at })),
            nextForwardToken: 'f/0',
            nextBackwardToken: 'b/0',
          };
        },
      },
      CreateLogStream: {
        run(input) {
          const streams = group(textOf(input, 'logGroupName'));
          const name = textOf(input, 'logStreamName');
          if (streams.has(name))
            throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
          streams.set(name, []);
          return {};
        },
        changes: (input) => [`${textOf(input, 'logGroupName')}:${textOf(input, 'logStreamName')}`],
      },
      PutLogEvents: {
        run: put,
        changes: (input) => [`${textOf(input, 'logGroupName')}:${textOf(input, 'logStreamName')}`],
        details: (input) => ({ events: mapsOf(input, 'logEvents').map((event) => textOf(event, 'message')) }),
      },
    },
  };

  return {
    service,
    append,
    createGroup(name: string): void {
      groups.set(name, new Map());
      changed();
    },
    deleteGroup(name: string): void {
      groups.delete(name);
      changed();
    },
    groupNames: () => [...groups.keys()],
    /** Times of its newest line; undefined when it is empty. */
    lastOf: (name: string) =>
      Math.max(0, ...[...(groups.get(name)?.values() ?? [])].map((events) => events.at(-1)?.at ?? 0)) ||
      undefined,
  };
}
