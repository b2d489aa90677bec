import {
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backend, startTestAccount, type TestAccount } from './test-account.ts';

const group = '/aws/ec2/dev-d2-ride-booking-backend';
const audit = '/d2/chatops/audit';
const week = 7 * 86_400_000;

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount();
});
afterAll(() => s?.close());

const named = (name: string) => expect.objectContaining({ name });
const filter = (input: Partial<FilterLogEventsCommandInput>) =>
  s.clients.logs.reading.send(
    new FilterLogEventsCommand({ logGroupName: group, startTime: Date.now() - 2 * week, ...input }),
  );
const put = (logStreamName: string, ...events: [at: number, message: string][]) =>
  s.clients.logs.changing.send(
    new PutLogEventsCommand({
      logGroupName: audit,
      logStreamName,
      logEvents: events.map(([timestamp, message]) => ({ timestamp, message })),
    }),
  );

describe('a week of backend-api’s lines', () => {
  test('is there at once: requests by the thousand, errors, starts, and cloud-init', async () => {
    const all = await filter({});
    expect(all.events?.length).toBeGreaterThan(1_500);
    const errors = await filter({ filterPattern: '{ $.level = "error" }' });
    expect(errors.events?.every(({ logStreamName }) => logStreamName?.endsWith('-error.log'))).toBe(true);
    const refused = await filter({ filterPattern: '"be asked now (ECONNREFUSED)"' });
    expect(refused.events?.length).toBeGreaterThan(10);
    const started = await filter({ filterPattern: '"Database pool initialized"' });
    expect(started.events?.length).toBeGreaterThan(5);
    const { logStreams } = await s.clients.logs.reading.send(
      new DescribeLogStreamsCommand({ logGroupName: group }),
    );
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(
      ['backend-api-error.log', 'backend-api-out.log', 'cloud-init-output.log'].map(
        (name) => `${backend}/${name}`,
      ),
    );
  });

  test('comes newest first when it is asked for so, and a token keeps that way', async () => {
    const first = await filter({ startFromHead: false, limit: 100 });
    const second = await filter({ nextToken: first.nextToken, limit: 100 });
    const times = [...(first.events ?? []), ...(second.events ?? [])].map(({ timestamp = 0 }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(
      new Set([...(first.events ?? []), ...(second.events ?? [])].map(({ eventId }) => eventId)).size,
    ).toBe(200);
    await expect(filter({ startFromHead: false, startTime: 0 })).rejects.toEqual(
      named('InvalidParameterException'),
    );
  });

  test('has pages without an event that lead on', async () => {
    await s.account.reset();
    s.account.disturb({ what: 'huge-log-group' });
    const counts: (number | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await filter({ filterPattern: 'nowhere', nextToken });
      counts.push(page.events?.length);
      nextToken = page.nextToken;
    } while (nextToken);
    expect(counts.length).toBeGreaterThan(5);
    expect(new Set(counts)).toEqual(new Set([0]));
    await s.account.reset();
  });

  test('reads one stream forwards and back from a token', async () => {
    const read = (nextToken?: string, startFromHead = true) =>
      s.clients.logs.reading.send(
        new GetLogEventsCommand({
          logGroupName: group,
          logStreamName: `${backend}/cloud-init-output.log`,
          limit: 3,
          nextToken,
          startFromHead,
        }),
      );
    const first = await read();
    const rest = await read(first.nextForwardToken);
    const end = await read(rest.nextForwardToken);
    expect([first.events?.length, rest.events?.length, end.events?.length]).toEqual([3, 1, 0]);
    expect(end.nextForwardToken).toBe(rest.nextForwardToken);
    expect((await read(undefined, false)).events?.at(-1)?.message).toMatch(/finished/);
    expect((await read(rest.nextBackwardToken, false)).events).toEqual(first.events);
  });
});

test('the agent sends what the instance writes, while it runs', async () => {
  s.machine.print('{"level":"info","msg":"while it runs"}');
  expect((await filter({ filterPattern: '"while it runs"' })).events).toHaveLength(1);
  await s.clients.ec2.changing.send(new StopInstancesCommand({ InstanceIds: [backend] }));
  s.clock.advance(3_600_000);
  s.machine.print('{"level":"info","msg":"while it is off"}');
  expect((await filter({ filterPattern: '"while it is off"' })).events).toEqual([]);
  await s.account.reset();
});

describe('writing', () => {
  test('takes what is in time, says what is not, and is kept in the ledger', async () => {
    await s.clients.logs.changing.send(
      new CreateLogStreamCommand({ logGroupName: audit, logStreamName: 'bot' }),
    );
    const now = s.clock.now().getTime();
    expect((await put('bot', [now, 'in time'])).rejectedLogEventsInfo).toBeUndefined();
    expect((await put('bot', [now - 3 * week, 'too old'])).rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 1,
    });
    expect((await put('bot', [now, 'a'], [now + 3 * 3_600_000, 'too new'])).rejectedLogEventsInfo).toEqual({
      tooNewLogEventStartIndex: 1,
    });
    const kept = await filter({ logGroupName: audit });
    expect(kept.events?.map(({ message }) => message)).toEqual(['in time', 'a']);
    expect(s.account.ledger().map(({ action }) => action)).toEqual([
      'CreateLogStream',
      'PutLogEvents',
      'PutLogEvents',
      'PutLogEvents',
    ]);
  });

  test('is refused by name', async () => {
    const now = s.clock.now().getTime();
    await expect(put('none', [now, 'x'])).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(put('bot')).rejects.toEqual(named('InvalidParameterException'));
    await expect(put('bot', [now, 'x'], [now - 1, 'earlier'])).rejects.toEqual(
      named('InvalidParameterException'),
    );
    await expect(
      s.clients.logs.changing.send(new CreateLogStreamCommand({ logGroupName: audit, logStreamName: 'bot' })),
    ).rejects.toEqual(named('ResourceAlreadyExistsException'));
  });
});

test('a group of class Infrequent Access is there, and is searched by Insights alone', async () => {
  s.account.disturb({ what: 'infrequent-access-log-group' });
  await expect(filter({})).rejects.toMatchObject({
    name: 'InvalidOperationException',
    message: `The log group ${group} is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.`,
  });
  const { logGroups } = await s.clients.logs.reading.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: group }),
  );
  expect(logGroups).toMatchObject([{ logGroupClass: 'INFREQUENT_ACCESS' }]);
  await s.account.reset();
});

test('groups may be empty, or gone', async () => {
  s.account.disturb({ what: 'empty-log-group' });
  expect((await filter({})).events).toEqual([]);
  s.account.disturb({ what: 'no-log-group' });
  await expect(filter({})).rejects.toEqual(named('ResourceNotFoundException'));
  const { logGroups } = await s.clients.logs.reading.send(new DescribeLogGroupsCommand({}));
  expect(logGroups?.map(({ logGroupName }) => logGroupName)).toEqual([audit]);
});
