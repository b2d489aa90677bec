import {
  DescribeLogStreamsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../core/clock.ts';
import type { Call } from '../platform/call.ts';
import { createFilter, type LogFilter } from '../platform/log-filter.ts';
import { isFrame } from '../platform/log-lines/stacks.ts';
import {
  isErrorStream,
  isOutStream,
  type LogEvent,
  type LogFindings,
  type LogSearch,
  type Logs,
} from '../platform/logs.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { isNamed } from './client/errors.ts';
import { explainLogError } from './log-errors.ts';

const mostPages = 10;
const patienceMs = 5_000;
// After so many pages without an event all lines are asked for, whose times say how far the search came.
const patienceWithEmptyPages = 5;
// Small enough not to hold up the event loop, large enough for a client-side filter to find something.
const pageSize = 500;
const wholePage = 10_000;
// FilterLogEvents takes no more names.
const mostStreams = 100;

interface Options {
  clients: Clients;
  clock: Clock;
}

/** CloudWatch Logs, newest first (guide 5.6). */
export function createLogs({ clients, clock }: Options): Logs {
  const { logs } = clients;

  /** The group's streams that were written to in the span, those with the newest lines first. */
  async function listStreams({ group, since }: LogSearch, call: Call): Promise<string[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const command = new DescribeLogStreamsCommand({
        logGroupName: group,
        orderBy: 'LastEventTime',
        descending: true,
        limit: 50,
        nextToken,
      });
      const answer = await read(logs, command, call).catch(explainLogError(group));
      const streams = answer.logStreams ?? [];
      names.push(...streams.map(({ logStreamName = '' }) => logStreamName));
      // AWS may be an hour late with a stream's last time.
      const last = streams.at(-1)?.lastEventTimestamp ?? Number.POSITIVE_INFINITY;
      nextToken = last < since.getTime() - 2 * 3_600_000 ? undefined : answer.nextToken;
    } while (nextToken && names.length < 5 * mostStreams);
    return names;
  }

  async function searchBy(
    filter: LogFilter,
    streams: readonly string[] | undefined,
    { group, since, until, limit }: LogSearch,
    call: Call,
  ): Promise<LogFindings> {
    const found: LogEvent[] = [];
    const began = performance.now();
    const count = () => found.filter(({ message }) => !isFrame(message)).length;
    let { pattern } = filter;
    let size = filter.exact ? Math.min(limit + 1, pageSize) : pageSize;
    let oldest: Date | undefined;
    let nextToken: string | undefined;
    for (let page = 1; ; page++) {
      const command = new FilterLogEventsCommand({
        logGroupName: group,
        startTime: since.getTime(),
        ...(until && { endTime: until.getTime() }),
        ...(streams && { logStreamNames: [...streams] }),
        ...(pattern && { filterPattern: pattern }),
        // Newest first; AWS takes it for times from 2024 on.
        startFromHead: false,
        // One more than asked for, to know whether there are more.
        limit: size,
        nextToken,
      });
      const answer = await read(logs, command, call).catch((error: unknown) => {
        // A coarse pattern only saves reading: without it the same is found.
        if (!filter.exact && pattern && isNamed(error, 'InvalidParameterException')) return undefined;
        return explainLogError(group)(error);
      });
      if (!answer) {
        pattern = undefined;
        continue;
      }
      const events = (answer.events ?? []).map(toEvent);
      found.push(...events.filter(filter.matches));
      oldest = earliest([oldest, ...events.map(({ at }) => at)]);
      nextToken = answer.nextToken;
      if (!nextToken || (found.length > limit && count() > limit)) break;
      if (page >= mostPages || performance.now() - began > patienceMs) break;
      if (page === patienceWithEmptyPages && !oldest && pattern) {
        pattern = undefined;
        size = wholePage;
        nextToken = undefined;
      }
    }
    const end = nextToken ? (oldest ?? until ?? clock.now()) : undefined;
    return newest(found, limit, end);
  }

  /** Streams of errors are read whole for a level, since their lines need not say one; the others by the filter. */
  async function searchStreams(search: LogSearch, call: Call): Promise<LogFindings> {
    const { level, stream, streams, limit } = search;
    const filter = createFilter(search);
    const names = level || stream ? await listStreams(search, call) : [];
    const errors = names.filter((name) => isErrorStream(name, streams)).slice(0, mostStreams);
    const outs = names.filter((name) => isOutStream(name, streams)).slice(0, mostStreams);
    const whole = level ? { ...filter, pattern: undefined } : filter;
    const none = { events: [], more: false, searchedBackTo: undefined };
    if (stream === 'err') return errors.length > 0 ? searchBy(whole, errors, search, call) : none;
    if (stream === 'out') return outs.length > 0 ? searchBy(filter, outs, search, call) : none;
    if (errors.length === 0) return searchBy(filter, undefined, search, call);
    const read = new Set(errors);
    const others = {
      ...filter,
      matches: (event: LogEvent) => !read.has(event.stream) && filter.matches(event),
    };
    const found = await Promise.all([
      searchBy(whole, errors, search, call),
      searchBy(others, undefined, search, call),
    ]);
    return merged(found, limit);
  }

  return {
    search: searchStreams,

    async lastEventAt(group, call) {
      const command = new DescribeLogStreamsCommand({
        logGroupName: group,
        orderBy: 'LastEventTime',
        descending: true,
        limit: 1,
      });
      const { logStreams = [] } = await read(logs, command, call).catch(explainLogError(group));
      const at = logStreams[0]?.lastEventTimestamp;
      return at === undefined ? undefined : new Date(at);
    },
  };
}

/** The newest `limit`, each with its stack, and what a search that ended early says. */
function newest(found: readonly LogEvent[], limit: number, end: Date | undefined): LogFindings {
  const sorted = [...found].sort((a, b) => b.at.getTime() - a.at.getTime());
  let heads = 0;
  const cut = sorted.findIndex(({ message }) => {
    if (!isFrame(message)) heads += 1;
    return heads > limit;
  });
  const more = cut >= 0;
  return {
    events: (more ? sorted.slice(0, cut) : sorted).reverse(),
    more,
    searchedBackTo: more ? undefined : end,
  };
}

/** Of several searches, back to where all of them came: what is older may be missing from one. */
function merged(found: readonly LogFindings[], limit: number): LogFindings {
  const ends = found.flatMap(({ searchedBackTo }) => (searchedBackTo ? [searchedBackTo.getTime()] : []));
  const end = ends.length > 0 ? new Date(Math.max(...ends)) : undefined;
  const events = found.flatMap((one) => one.events).filter(({ at }) => !end || at >= end);
  const all = newest(events, limit, end);
  return { ...all, more: all.more || found.some(({ more }) => more) };
}

function toEvent({ timestamp = 0, logStreamName = '', message = '' }: FilteredLogEvent): LogEvent {
  return { at: new Date(timestamp), stream: logStreamName, message };
}

function earliest(times: readonly (Date | undefined)[]): Date | undefined {
  return times.reduce((a, b) => (a && b ? (a < b ? a : b) : (a ?? b)), undefined);
}
