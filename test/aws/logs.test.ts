import { afterEach, expect, test } from 'vitest';
import { createLogs } from '../../src/aws/logs.ts';
import { createFilter } from '../../src/platform/log-filter.ts';
import { levelSieve } from '../../src/platform/log-lines/sieve.ts';
import { type Answer, clientsOf, json, jsonError, type Seen, startWire } from './wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const group = '/aws/ec2/dev-d2-ride-booking-backend';
const now = new Date('2026-11-23T02:00:00Z');
const since = new Date('2026-11-23T01:00:00Z');
const call = () => ({ signal: AbortSignal.timeout(20_000) });

async function startLogs(answer: (seen: Seen, nth: number) => Answer) {
  const wire = await startWire(answer);
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  return { logs: createLogs({ clients, clock: { now: () => now, sleep: async () => {} } }), wire };
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

test('a level is found by a coarse pattern, which the reader of lines then decides, and words in what that left', async () => {
  const lines = [
    '{"level":50,"msg":"a boom"}',
    'GET /error 200 1 ms - boom',
    'ERROR quiet',
    '    at boom (x.js:1:2)',
  ];
  const { logs, wire } = await startLogs(({ action }) =>
    json(
      action === 'DescribeLogStreams'
        ? { logStreams: [] }
        : { events: lines.map((line, n) => event(9 - n, line)) },
    ),
  );
  const found = await logs.search({ group, since, limit: 5, level: 'error', words: 'boom' }, call());
  expect(found.events.map(({ message }) => message)).toEqual([lines[3], lines[0]]);
  expect(bodyOf(wire.seen[1])).toMatchObject({ filterPattern: levelSieve('error') });
  expect(wire.seen).toHaveLength(2);
});

test('an error stream is read whole for a level, since its lines need not say one; no line counts twice', async () => {
  const names = ['i-1-stdout', 'i-1-stderr'];
  const { logs, wire } = await startLogs(({ action, body }) => {
    if (action === 'DescribeLogStreams')
      return json({ logStreams: names.map((logStreamName) => ({ logStreamName })) });
    const input: { logStreamNames?: string[] } = JSON.parse(body);
    const err = { ...event(2, 'no word of a level'), logStreamName: 'i-1-stderr' };
    const both = { ...event(3, 'ERROR boom'), logStreamName: 'i-1-stderr' };
    const out = { ...event(4, 'ERROR out'), logStreamName: 'i-1-stdout' };
    return json({ events: input.logStreamNames ? [both, err] : [out, both] });
  });
  const found = await logs.search({ group, since, limit: 5, level: 'error' }, call());
  expect(found.events.map(({ message }) => message)).toEqual([
    'no word of a level',
    'ERROR boom',
    'ERROR out',
  ]);
  const filters = wire.seen.slice(1).map((seen) => bodyOf(seen));
  expect(filters).toContainEqual(expect.objectContaining({ logStreamNames: ['i-1-stderr'] }));
  expect(filters.filter((one) => Object.hasOwn(Object(one), 'filterPattern'))).toHaveLength(1);
});

test('where every page is empty, the search says how far all lines were read, or that it came nowhere', async () => {
  const { logs, wire } = await startLogs(({ body }, nth) => {
    const isFiltered = body.includes('filterPattern');
    return json({ events: isFiltered ? [] : [event(59 - nth)], nextToken: `t${nth}` });
  });
  const found = await logs.search({ group, since, limit: 5, words: 'needle' }, call());
  expect(found.events).toEqual([]);
  expect(found.searchedBackTo).toEqual(new Date(event(49).timestamp));
  expect(wire.seen).toHaveLength(10);

  const { logs: silent } = await startLogs((_, nth) => json({ events: [], nextToken: `t${nth}` }));
  expect(await silent.search({ group, since, limit: 5, words: 'needle' }, call())).toMatchObject({
    searchedBackTo: now,
  });
  const until = new Date(event(30).timestamp);
  expect(await silent.search({ group, since, until, limit: 5 }, call())).toMatchObject({
    searchedBackTo: until,
  });
});

test('what is older than one of two searches came is left for Older', async () => {
  const names = ['i-1-stdout', 'i-1-stderr'];
  const { logs } = await startLogs(({ action, body }, nth) => {
    if (action === 'DescribeLogStreams')
      return json({ logStreams: names.map((logStreamName) => ({ logStreamName })) });
    const isErrors = body.includes('logStreamNames');
    if (isErrors) return json({ events: [{ ...event(5, 'early'), logStreamName: 'i-1-stderr' }] });
    return json({ events: [event(60 - nth, 'ERROR late')], nextToken: `t${nth}` });
  });
  const found = await logs.search({ group, since, limit: 50, level: 'error' }, call());
  expect(found.events.map(({ message }) => message)).not.toContain('early');
  expect(found.searchedBackTo).toEqual(found.events[0]?.at);
});

test('a pattern that CloudWatch does not take is left out', async () => {
  const { logs } = await startLogs(({ action, body }) => {
    if (action === 'DescribeLogStreams') return json({ logStreams: [] });
    return body.includes('filterPattern')
      ? jsonError('InvalidParameterException')
      : json({ events: [event(1, 'ERROR x')] });
  });
  const found = await logs.search({ group, since, limit: 5, level: 'error' }, call());
  expect(found.events).toHaveLength(1);
});

test('a search goes on until it has as many as count', async () => {
  const { logs, wire } = await startLogs((_, nth) =>
    json({
      events: [event(50 - nth, nth < 4 ? 'GET /health 200 1 ms' : 'GET /rides 200 1 ms')],
      nextToken: nth < 8 ? `t${nth}` : undefined,
    }),
  );
  const keep = ({ message }: { message: string }) => !message.includes('/health');
  const found = await logs.search({ group, since, limit: 2, keep }, call());
  expect(found).toMatchObject({ more: true });
  expect(found.events).toHaveLength(2);
  expect(wire.seen).toHaveLength(6);
});

test.each([
  [
    'InvalidOperationException',
    `The log group ${group} is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.`,
    'unavailable',
    /is of class INFREQUENT_ACCESS, in which CloudWatch can’t search/,
  ],
  [
    'AccessDeniedException',
    'The KMS key for this log group is not accessible',
    'forbidden',
    /encrypted with a KMS key/,
  ],
  [
    'AccessDeniedException',
    'User is not authorized to perform: logs:FilterLogEvents',
    'forbidden',
    /lacks the IAM permission/,
  ],
])('a group that can’t be searched says which it is: %s, %s', async (name, message, code, sentence) => {
  const { logs } = await startLogs(() => jsonError(name, 400, message));
  await expect(logs.search({ group, since, limit: 5 }, call())).rejects.toMatchObject({
    code,
    message: expect.stringMatching(sentence),
  });
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
  expect(createFilter({ words })).toMatchObject({ pattern, exact });
});

test('words that were split are checked as a whole', () => {
  const filter = createFilter({ words: 'say "hi"' });
  const matches = (message: string) => filter.matches({ at: since, stream: 'i-1/out', message });
  expect(matches('they say "hi" now')).toBe(true);
  expect(matches('hi, they say')).toBe(false);
});
