import {
  DescribeLogStreamsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { UserError } from '../core/reply/errors.ts';
import type { Call } from '../platform/call.ts';
import { createFilters, type LogFilter } from '../platform/log-filter.ts';
import type { LogEvent, LogFindings, LogSearch, Logs } from '../platform/logs.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';

const mostPages = 10;
const patienceMs = 5_000;
// Small enough not to hold up the event loop, large enough for a client-side filter to find something.
const pageSize = 500;

/** CloudWatch Logs, newest first (guide 5.6). */
export function createLogs({ clients: { logs } }: { clients: Clients }): Logs {
  /** The group's streams with the newest lines, PM2's out or err ones. */
  async function listStreams(
    { group, streams }: Pick<LogSearch, 'group' | 'streams'>,
    stream: 'out' | 'err',
    call: Call,
  ): Promise<string[]> {
    const command = new DescribeLogStreamsCommand({
      logGroupName: group,
      orderBy: 'LastEventTime',
      descending: true,
      limit: 50,
    });
    const { logStreams = [] } = await read(logs, command, call).catch(orNoGroup(group));
    // `i-0a…/backend-api-out`, `i-0a…/backend-api/err`, `…-error.log`: as the agent's configuration names them.
    const usual = stream === 'out' ? /(^|[^a-z])out([^a-z]|$)/i : /(^|[^a-z])err(or)?([^a-z]|$)/i;
    return logStreams
      .map(({ logStreamName = '' }) => logStreamName)
      .filter((name) => (streams ? name.includes(streams[stream]) : usual.test(name)));
  }

  async function searchBy(
    filter: LogFilter,
    streams: readonly string[] | undefined,
    { group, since, until, limit }: LogSearch,
    call: Call,
  ): Promise<LogFindings> {
    const found: LogEvent[] = [];
    const began = performance.now();
    let oldest: Date | undefined;
    let nextToken: string | undefined;
    for (let page = 1; ; page++) {
      const command = new FilterLogEventsCommand({
        logGroupName: group,
        startTime: since.getTime(),
        ...(until && { endTime: until.getTime() }),
        ...(streams && { logStreamNames: [...streams] }),
        ...(filter.pattern && { filterPattern: filter.pattern }),
        // Newest first; AWS takes it for times from 2024 on.
        startFromHead: false,
        // One more than asked for, to know whether there are more.
        limit: filter.exact ? Math.min(limit + 1, pageSize) : pageSize,
        nextToken,
      });
      const answer = await read(logs, command, call).catch(orNoGroup(group));
      const events = (answer.events ?? []).map(toEvent);
      found.push(...events.filter(({ message }) => filter.matches(message)));
      oldest = earliest([oldest, ...events.map(({ at }) => at)]);
      nextToken = answer.nextToken;
      if (!nextToken || found.length > limit) break;
      if (page === mostPages || performance.now() - began > patienceMs) break;
    }
    const newest = found.sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, limit);
    const more = found.length > limit;
    return {
      events: newest.reverse(),
      more,
      // Pages without a single event tell no time: then only the end of the range is known to be searched.
      searchedBackTo: nextToken && !more ? (oldest ?? until ?? since) : undefined,
    };
  }

  return {
    async search(search, call) {
      const streams = search.stream && (await listStreams(search, search.stream, call));
      if (streams?.length === 0) return { events: [], more: false, searchedBackTo: undefined };
      const found = await Promise.all(
        createFilters(search).map((filter) => searchBy(filter, streams, search, call)),
      );
      return found.length === 1 && found[0] ? found[0] : merged(found, search.limit);
    },

    async lastEventAt(group, call) {
      const command = new DescribeLogStreamsCommand({
        logGroupName: group,
        orderBy: 'LastEventTime',
        descending: true,
        limit: 1,
      });
      const { logStreams = [] } = await read(logs, command, call).catch(orNoGroup(group));
      const at = logStreams[0]?.lastEventTimestamp;
      return at === undefined ? undefined : new Date(at);
    },
  };
}

/** What several patterns found: an event that two of them match is one. */
function merged(found: readonly LogFindings[], limit: number): LogFindings {
  const events = new Map(
    found
      .flatMap((one) => one.events)
      .map((event) => [`${event.stream} ${event.at.getTime()} ${event.message}`, event]),
  );
  const sorted = [...events.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
  const ends = found.flatMap(({ searchedBackTo }) => (searchedBackTo ? [searchedBackTo.getTime()] : []));
  return {
    events: sorted.slice(-limit),
    more: sorted.length > limit || found.some(({ more }) => more),
    searchedBackTo: ends.length > 0 ? new Date(Math.max(...ends)) : undefined,
  };
}

function toEvent({ timestamp = 0, logStreamName = '', message = '' }: FilteredLogEvent): LogEvent {
  return { at: new Date(timestamp), stream: logStreamName, message };
}

function earliest(times: readonly (Date | undefined)[]): Date | undefined {
  return times.reduce((a, b) => (a && b ? (a < b ? a : b) : (a ?? b)), undefined);
}

const orNoGroup =
  (group: string) =>
  (error: unknown): never => {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error;
    throw new UserError('not-found', `There is no log group ${group}.`, {
      hint: 'Check logGroup in d2.yaml, and whether the CloudWatch agent runs on the instance.',
      cause: error,
    });
  };
