import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOperationStore } from '../../../src/aws/stores/operations.ts';
import type { EnvironmentLock, OperationRecord } from '../../../src/core/operation/record.ts';
import { type Answer, clientsOf, startWire } from '../wire.ts';
import { startTable } from './table.ts';

let table: Awaited<ReturnType<typeof startTable>>;
const endings: (() => void)[] = [];

beforeAll(async () => {
  table = await startTable();
});

afterAll(async () => {
  for (const end of endings) end();
  await table.close();
});

let at = Date.UTC(2026, 10, 23, 2, 0);
const clock = { now: () => new Date(at), sleep: async () => {} };

function open(endpoint = table.url, name = table.name) {
  const clients = clientsOf(endpoint);
  endings.push(clients.close);
  return createOperationStore({ clients, table: name, clock });
}

/** A way to the table on which the answer of the nth write is lost after it was applied. */
async function openLossy(lost: readonly number[], meanwhile: () => Promise<unknown> = async () => {}) {
  let writes = 0;
  const wire = await startWire(async ({ action }): Promise<Answer> => {
    if (action === 'UpdateItem') writes++;
    if (lost.includes(writes - 1)) await meanwhile();
    return { behind: table.url, lose: action === 'UpdateItem' && lost.includes(writes) };
  });
  endings.push(wire.close);
  return { operations: open(wire.url), wire };
}

let count = 0;
const anyId = () => `01JD2Q4B8Z${String(++count).padStart(16, '0')}`;
const omar = { id: 'U0OMAR', name: 'omar', surface: 'slack' } as const;

function recordOf(overrides: Partial<OperationRecord> = {}): OperationRecord {
  return {
    v: 1,
    id: anyId(),
    command: 'stop',
    args: { env: 'dev', what: 'all' },
    env: 'dev',
    caller: omar,
    plan: { question: 'Stop dev?' },
    fingerprint: 'f',
    state: 'planned',
    steps: [{ id: 'rds', title: 'RDS stopped', state: 'todo', sent: false }],
    asked: 'C0OPS',
    intent: false,
    createdAt: at,
    expiresAt: at + 600_000,
    takenOver: 0,
    delivered: false,
    ...overrides,
  };
}

const holdOf = (overrides: Partial<EnvironmentLock> = {}): EnvironmentLock => ({
  operation: anyId(),
  command: 'stop',
  caller: { id: omar.id, name: omar.name },
  since: at,
  owner: 'replica-a',
  until: at + 60_000,
  ...overrides,
});

test('an operation comes back as it was written', async () => {
  const operations = open();
  const record = recordOf();
  expect(await operations.create(record)).toBe(1);
  expect(await operations.find(record.id)).toEqual({ record, rev: 1, requests: { tell: [] } });
});

test('an id is taken once', async () => {
  const operations = open();
  const record = recordOf();
  await operations.create(record);
  await expect(operations.create(record)).rejects.toMatchObject({ code: 'conflict' });
});

test('of many who move an operation at once, one wins', async () => {
  const operations = open();
  const record = recordOf();
  const rev = await operations.create(record);
  const moves = await Promise.all(
    Array.from({ length: 20 }, () => operations.save({ ...record, state: 'running' }, rev)),
  );
  expect(moves.filter((move) => move !== undefined)).toEqual([2]);
});

test('a move whose answer was lost is known as one’s own', async () => {
  const { operations, wire } = await openLossy([2]);
  const record = recordOf();
  const rev = await operations.create(record);
  expect(await operations.save({ ...record, state: 'running' }, rev)).toBe(2);
  expect(wire.seen.filter(({ action }) => action === 'UpdateItem')).toHaveLength(3);
  expect(await operations.find(record.id)).toMatchObject({ rev: 2 });
});

test('a request between a lost answer and its repetition does not hide whose move it was', async () => {
  const record = recordOf();
  const { operations } = await openLossy([2], () => open().request(record.id, { tell: 'U0ADA' }));
  const rev = await operations.create(record);
  expect(await operations.save({ ...record, state: 'running' }, rev)).toBe(2);
  expect((await operations.find(record.id))?.requests.tell).toEqual(['U0ADA']);
});

test('requests do not collide with the owner, and the opposite is taken once', async () => {
  const operations = open();
  const record = recordOf({ state: 'running' });
  const rev = await operations.create(record);
  expect(await operations.request(record.id, { cancel: 'U0ADA' })).toBe(true);
  expect(await operations.request(record.id, { cancel: 'U0AMIR', tell: 'U0VERA' })).toBe(true);
  expect(await operations.request(record.id, { tell: 'U0ADA' })).toBe(true);
  expect(await operations.request(record.id, { follow: { id: 'U0ADA', name: 'ada' } })).toBe(true);
  expect(await operations.request(record.id, { follow: { id: 'U0AMIR', name: 'amir' } })).toBe(false);
  expect(await operations.save(record, rev)).toBe(2);
  expect((await operations.find(record.id))?.requests).toEqual({
    cancel: 'U0ADA',
    tell: expect.arrayContaining(['U0ADA', 'U0VERA']),
    follow: { id: 'U0ADA', name: 'ada' },
  });
});

test('an operation that is over, or never was, takes no requests', async () => {
  const operations = open();
  const record = recordOf({ state: 'done' });
  await operations.create(record);
  expect(await operations.request(record.id, { cancel: 'U0ADA' })).toBe(false);
  expect(await operations.request(anyId(), { tell: 'U0ADA' })).toBe(false);
});

test('of many who claim an environment, one holds it and the others learn who', async () => {
  const operations = open();
  const claims = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const held = holdOf({ owner: `replica-${n}` });
      return { held, claim: await operations.claim('claimed', held, at) };
    }),
  );
  const winners = claims.filter(({ claim }) => claim.won);
  expect(winners).toHaveLength(1);
  for (const { claim } of claims) {
    if (!claim.won) expect(claim.holder).toEqual(winners[0]?.held);
  }
});

test('a claim whose answer was lost is won all the same', async () => {
  const { operations } = await openLossy([1]);
  expect(await operations.claim('lossy', holdOf(), at)).toEqual({ won: true });
});

test('a hold that ran out is there to be taken over, once', async () => {
  const operations = open();
  const held = holdOf();
  await operations.claim('orphaned', held, at);
  at += 120_000;
  expect(await operations.holder('orphaned')).toEqual(held);
  const taken = await Promise.all(
    ['b', 'c', 'd'].map((name) =>
      operations.renew('orphaned', { ...held, owner: `replica-${name}`, until: at + 60_000 }, 'replica-a'),
    ),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await operations.renew('orphaned', { ...held, until: at + 90_000 }, 'replica-a')).toBe(false);
});

test('a takeover whose answer was lost is known as one’s own', async () => {
  const { operations } = await openLossy([2]);
  const held = holdOf();
  await operations.claim('inherited', held, at);
  expect(await operations.renew('inherited', { ...held, owner: 'replica-b' }, 'replica-a')).toBe(true);
});

test('a hold that ran out gives way to a claim', async () => {
  const operations = open();
  await operations.claim('expired', holdOf(), at);
  at += 60_000;
  expect(await operations.claim('expired', holdOf({ owner: 'replica-b' }), at)).toEqual({ won: true });
});

test('only the holder frees an environment, and leaves how it ended', async () => {
  const operations = open();
  const held = holdOf();
  await operations.claim('freed', held, at);
  await operations.release('freed', anyId());
  expect(await operations.holder('freed')).toEqual(held);
  const ended = { operation: held.operation, command: 'stop', caller: { id: omar.id, name: 'omar' }, at };
  await operations.release('freed', held.operation, { ...ended, state: 'done' });
  expect(await operations.holder('freed')).toBeUndefined();
  expect(await operations.last('freed')).toEqual({ ...ended, state: 'done' });
  expect(await operations.claim('freed', holdOf(), at)).toEqual({ won: true });
});

test('a key is first once in ten minutes', async () => {
  const operations = open();
  const said = await Promise.all(Array.from({ length: 10 }, () => operations.first('trigger-1')));
  expect(said.filter(Boolean)).toHaveLength(1);
  at += 11 * 60_000;
  expect(await operations.first('trigger-1')).toBe(true);
});

test('a first whose answer was lost stays the first', async () => {
  const { operations } = await openLossy([1]);
  expect(await operations.first('trigger-2')).toBe(true);
});

test('replies are kept for ten minutes', async () => {
  const operations = open();
  await operations.keepReply('r1', '{"title":"dev is up"}');
  expect(await operations.findReply('r1')).toBe('{"title":"dev is up"}');
  at += 11 * 60_000;
  expect(await operations.findReply('r1')).toBeUndefined();
});

test('a reply too large for an item is not kept', async () => {
  const operations = open();
  await operations.keepReply('r2', 'x'.repeat(500_000));
  expect(await operations.findReply('r2')).toBeUndefined();
});

test('the last nine times of a step are known, also when several learn at once', async () => {
  const operations = open();
  for (let seconds = 1; seconds <= 11; seconds++) await operations.learn('dev', 'rds', seconds);
  await Promise.all([operations.learn('dev', 'ec2', 40), operations.learn('dev', 'ssm', 20)]);
  expect(await operations.usual('dev')).toEqual({
    rds: [3, 4, 5, 6, 7, 8, 9, 10, 11],
    ec2: [40],
    ssm: [20],
  });
});

test('what a newer version wrote is refused, and not overwritten', async () => {
  const operations = open();
  const id = anyId();
  const Item = { pk: { S: `OP#${id}` }, v: { N: '2' }, rev: { N: '1' }, doc: { S: '{}' } };
  await table.dynamo.send(new PutItemCommand({ TableName: table.name, Item }));
  const refusal = { code: 'conflict', hint: expect.stringContaining('Update this bot') };
  await expect(operations.find(id)).rejects.toMatchObject(refusal);
  await expect(operations.save(recordOf({ id }), 1)).rejects.toMatchObject(refusal);
  await expect(operations.request(id, { tell: 'U0ADA' })).rejects.toMatchObject(refusal);
});

test('a table that is not there is named', async () => {
  const operations = open(table.url, 'elsewhere');
  await expect(operations.find(anyId())).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The bot’s table elsewhere is not there.',
  });
});

test('a table that can’t be reached is no answer', async () => {
  const wire = await startWire(() => 'reset');
  endings.push(wire.close);
  await expect(open(wire.url).claim('dev', holdOf(), at)).rejects.toMatchObject({ code: 'unavailable' });
});
