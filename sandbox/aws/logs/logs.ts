import type { Clock } from '../../clock.ts';
import { accountId, region } from '../constants.ts';
import { type Input, mapsOf, numberOf, pageOf, type Service, textOf } from '../service.ts';
import { filterEvents, readStream } from './search.ts';
import { createLogsStore, type GroupClass, type Past } from './store.ts';

/** CloudWatch Logs. */
export function createLogs(clock: Clock, changed: () => void) {
  const store = createLogsStore(clock);

  function describeStreams(input: Input) {
    const { name, streams } = store.find(input);
    const all = [...streams]
      .filter(([stream]) => stream.startsWith(textOf(input, 'logStreamNamePrefix')))
      .map(([stream, { createdAt, events }]) => ({
        logStreamName: stream,
        creationTime: createdAt,
        firstEventTimestamp: events[0]?.at,
        lastEventTimestamp: events.at(-1)?.at,
        lastIngestionTime: events.at(-1)?.arrivedAt,
        arn: `${arnOf(name)}:log-stream:${stream}`,
      }));
    const byTime = textOf(input, 'orderBy') === 'LastEventTime';
    all.sort((a, b) =>
      byTime
        ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0)
        : a.logStreamName.localeCompare(b.logStreamName),
    );
    if (input.descending === true) all.reverse();
    const { items, next } = paged(all, input);
    return { logStreams: items, nextToken: next };
  }

  function describeGroups(input: Input) {
    const prefix = textOf(input, 'logGroupNamePrefix');
    const part = textOf(input, 'logGroupNamePattern').toLowerCase();
    const found = store
      .names()
      .filter((name) => name.startsWith(prefix) && name.toLowerCase().includes(part));
    const { items, next } = paged(found, input);
    return {
      logGroups: items.map((name) => ({
        logGroupName: name,
        arn: `${arnOf(name)}:*`,
        logGroupArn: arnOf(name),
        creationTime: store.find({ logGroupName: name }).createdAt,
        retentionInDays: 30,
        logGroupClass: store.find({ logGroupName: name }).groupClass,
      })),
      nextToken: next,
    };
  }

  const target = (input: Input) => [
    `${textOf(input, 'logGroupName') || textOf(input, 'logGroupIdentifier')}:${textOf(input, 'logStreamName')}`,
  ];
  const service: Service = {
    name: 'logs',
    protocol: 'json',
    actions: {
      DescribeLogGroups: { run: describeGroups },
      DescribeLogStreams: { run: describeStreams },
      FilterLogEvents: { run: (input) => filterEvents(store, input) },
      GetLogEvents: { run: (input) => readStream(store, input) },
      CreateLogStream: {
        run(input) {
          store.createStream(input);
          return {};
        },
        changes: target,
      },
      PutLogEvents: {
        run: store.put,
        changes: target,
        details: (input) => ({ events: mapsOf(input, 'logEvents').map((event) => textOf(event, 'message')) }),
      },
    },
  };

  return {
    service,
    append: store.append,
    createGroup(name: string, past?: Past, groupClass?: GroupClass): void {
      store.createGroup(name, past, groupClass);
      changed();
    },
    deleteGroup(name: string): void {
      store.deleteGroup(name);
      changed();
    },
    groupNames: store.names,
    /** The time of its newest line; undefined when it is empty. */
    lastOf(name: string): number | undefined {
      const newest = [...store.find({ logGroupName: name }).streams.values()].map(
        ({ events }) => events.at(-1)?.at ?? 0,
      );
      return Math.max(0, ...newest) || undefined;
    },
  };
}

const arnOf = (name: string): string => `arn:aws:logs:${region}:${accountId}:log-group:${name}`;

const paged = <T>(all: readonly T[], input: Input) =>
  pageOf(all, textOf(input, 'nextToken'), numberOf(input, 'limit') ?? 50);
