import { afterEach, expect, test } from 'vitest';
import { createLogs } from '../../src/aws/logs.ts';
import { createFilters } from '../../src/platform/log-filter.ts';
import { type Answer, clientsOf, json, jsonError, type Seen, startWire } from './wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const group = '/aws/ec2/dev-d2-ride-booking-backend';
const since = new Date('2026-11-23T01:00:00Z');
const call = () => ({ signal: AbortSignal.timeout(20_000) });

async function startLogs(answer: (seen: Seen, nth: number) => Answer) {
  const wire = await startWire(answer);
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  return { logs: createLogs({ clients }), wire };
}

const event = (minute: number, message = `line ${minute}`) => ({
  timestamp: since.getTime() + minute * 60_000,
  logStreamName: 'i-1/out',
  message,
});
const bodyOf = (seen: Seen | undefined): unknown => JSON.parse(seen?.body ?? 'null');

test('the newest lines are asked for first and given oldest first', async () => {
  const { logs, wire } = await startLogs(() =>
    json({ events: [event(9), event(8), event(7)], nextToken: 't' }),
  );
  const found = await logs.search({ group, since, limit: 2 }, call());
  expect(found.events.map(({ message }) => message)).toEqual(['line 8', 'line 9']);
  expect(found).toMatchObject({ more: true, searchedBackTo: undefined });
  expect(bodyOf(wire.seen[0])).toMatchObject({ startFromHead: false, limit: 3, startTime: since.getTime() });
});

test('empty pages with a token are passed over', async () => {
  const { logs } = await startLogs((_, nth) =>
    json(nth < 4 ? { events: [], nextToken: `t${nth}` } : { events: [event(1)] }),
  );
  const found = await logs.search({ group, since, limit: 5 }, call());
  expect(found).toMatchObject({ events: [{ message: 'line 1' }], more: false, searchedBackTo: undefined });
});

test('after ten pages the search says how far back it came', async () => {
  const { logs, wire } = await startLogs((_, nth) =>
    json({ events: [event(60 - nth)], nextToken: `t${nth}` }),
  );
  const found = await logs.search({ group, since, limit: 50 }, call());
  expect(wire.seen).toHaveLength(10);
  expect(found.events).toHaveLength(10);
  expect(found.searchedBackTo).toEqual(new Date(event(50).timestamp));
});

test('one stream of PM2’s two is chosen by the streams’ names', async () => {
  const { logs, wire } = await startLogs(({ action }) =>
    action === 'DescribeLogStreams'
      ? json({
          logStreams: ['i-1/backend-api-out', 'i-1/backend-api-error', 'i-1/layout'].map((logStreamName) => ({
            logStreamName,
          })),
        })
      : json({ events: [] }),
  );
  await logs.search({ group, since, limit: 5, stream: 'err' }, call());
  expect(bodyOf(wire.seen[1])).toMatchObject({ logStreamNames: ['i-1/backend-api-error'] });
  await logs.search({ group, since, limit: 5, stream: 'out' }, call());
  expect(bodyOf(wire.seen[3])).toMatchObject({ logStreamNames: ['i-1/backend-api-out'] });
});

test('the streams of every instance are chosen by the configured word, where there is one', async () => {
  const names = ['i-1-stdout', 'i-1-stderr', 'i-1-user-data', 'i-2-stderr', 'i-2-out'];
  const { logs, wire } = await startLogs(({ action }) =>
    json(
      action === 'DescribeLogStreams'
        ? { logStreams: names.map((logStreamName) => ({ logStreamName })) }
        : { events: [] },
    ),
  );
  const streams = { out: 'stdout', err: 'stderr' };
  await logs.search({ group, since, limit: 5, stream: 'err', streams }, call());
  expect(bodyOf(wire.seen[1])).toMatchObject({ logStreamNames: ['i-1-stderr', 'i-2-stderr'] });
  await logs.search({ group, since, limit: 5, stream: 'out', streams }, call());
  expect(bodyOf(wire.seen[3])).toMatchObject({ logStreamNames: ['i-1-stdout'] });
  await logs.search({ group, since, limit: 5, streams }, call());
  expect(bodyOf(wire.seen[4])).not.toHaveProperty('logStreamNames');
});

test('without such a stream nothing is found, and no other is searched', async () => {
  const { logs, wire } = await startLogs(() => json({ logStreams: [{ logStreamName: 'i-1-user-data' }] }));
  const found = await logs.search({ group, since, limit: 5, stream: 'err' }, call());
  expect(found).toEqual({ events: [], more: false, searchedBackTo: undefined });
  expect(wire.seen.map(({ action }) => action)).toEqual(['DescribeLogStreams']);
});

test('words with a level are looked for in what the level left', async () => {
  const { logs, wire } = await startLogs(() => json({ events: [event(2, 'a boom'), event(1, 'quiet')] }));
  const found = await logs.search({ group, since, limit: 5, level: 'error', words: 'boom' }, call());
  expect(found.events.map(({ message }) => message)).toEqual(['a boom']);
  expect(bodyOf(wire.seen[0])).toMatchObject({
    filterPattern: '{ ($.level = "error") || ($.level = "fatal") }',
  });
  // A line with a prefix before its JSON is no JSON to CloudWatch; what both patterns match is one line.
  expect(bodyOf(wire.seen[1])).toMatchObject({ filterPattern: '?ERROR ?FATAL' });
  expect(wire.seen).toHaveLength(2);
});

test('a group that is not there is named', async () => {
  const { logs } = await startLogs(() => jsonError('ResourceNotFoundException'));
  const refusal = { code: 'not-found', message: `There is no log group ${group}.` };
  await expect(logs.search({ group, since, limit: 5 }, call())).rejects.toMatchObject(refusal);
  await expect(logs.lastEventAt(group, call())).rejects.toMatchObject(refusal);
});

test('the last line’s time is the newest stream’s; an empty group has none', async () => {
  const { logs } = await startLogs((_, nth) =>
    json({ logStreams: nth === 1 ? [{ logStreamName: 's', lastEventTimestamp: since.getTime() }] : [] }),
  );
  expect(await logs.lastEventAt(group, call())).toEqual(since);
  expect(await logs.lastEventAt(group, call())).toBeUndefined();
});

test.each([
  ['plain words', 'Database pool', '"Database pool"', true],
  ['operators', '-noise ?x { $.a = 1 } %r%', '"-noise ?x { $.a = 1 } %r%"', true],
  ['quotes', 'say "hi" now', '"say " "hi" " now"', false],
  ['a quote at the end', 'open"', '"open"', false],
  ['a backslash', 'C:\\temp', '"C:" "temp"', false],
  ['nothing but quotes', '""', undefined, false],
])('%s become quoted terms', (_, words, pattern, exact) => {
  expect(createFilters({ words })).toMatchObject([{ pattern, exact }]);
});

test('words that were split are checked as a whole', () => {
  const [filter] = createFilters({ words: 'say "hi"' });
  expect(filter?.matches('they say "hi" now')).toBe(true);
  expect(filter?.matches('hi, they say')).toBe(false);
});
