import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { type OperationRecord, recordVersion } from '../../../src/stores/operation-record.ts';
import type { Requester } from '../../../src/stores/operations.ts';
import { omar, useStores } from './stores.ts';

const stage = useStores();

const slackPerson = (name: string): Requester => ({
  id: `U0${name.toUpperCase()}`,
  name,
  surface: 'slack',
  place: 'C0OPS',
});
const [ada, amir, vera] = [slackPerson('ada'), slackPerson('amir'), slackPerson('vera')];

function recordOf(overrides: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: stage.anyId(),
    command: 'stop',
    args: { env: 'dev', what: 'all' },
    env: 'dev',
    lock: { env: 'dev' },
    caller: omar,
    plan: { question: 'Stop dev?' },
    fingerprint: 'f',
    state: 'planned',
    steps: [{ id: 'rds', title: 'RDS stopped', state: 'todo', sent: false }],
    asked: 'C0OPS',
    intent: false,
    createdAt: stage.time.at,
    expiresAt: stage.time.at + 600_000,
    takenOver: 0,
    delivered: false,
    told: [],
    followed: false,
    ...overrides,
  };
}

test('an operation comes back as it was written', async () => {
  const { operations } = stage.open();
  const record = recordOf();
  expect(await operations.create(record)).toBe(1);
  expect(await operations.find(record.id)).toEqual({ record, rev: 1, requests: { tell: [] } });
});

test('an id is taken once', async () => {
  const { operations } = stage.open();
  const record = recordOf();
  await operations.create(record);
  await expect(operations.create(record)).rejects.toMatchObject({ code: 'conflict' });
});

test('of many who move an operation at once, one wins', async () => {
  const { operations } = stage.open();
  const record = recordOf();
  const rev = await operations.create(record);
  const moves = await Promise.all(
    Array.from({ length: 20 }, () => operations.save({ ...record, state: 'running' }, rev)),
  );
  expect(moves.filter((move) => move !== undefined)).toEqual([2]);
});

test('a move whose answer was lost is known as one’s own', async () => {
  const { operations, wire } = await stage.openLossy([2]);
  const record = recordOf();
  const rev = await operations.create(record);
  expect(await operations.save({ ...record, state: 'running' }, rev)).toBe(2);
  expect(wire.seen.filter(({ action }) => action === 'UpdateItem')).toHaveLength(3);
  expect(await operations.find(record.id)).toMatchObject({ rev: 2 });
});

test('a request between a lost answer and its repetition does not hide whose move it was', async () => {
  const record = recordOf();
  const { operations } = await stage.openLossy([2], () =>
    stage.open().operations.request(record.id, { tell: ada }),
  );
  const rev = await operations.create(record);
  expect(await operations.save({ ...record, state: 'running' }, rev)).toBe(2);
  expect((await operations.find(record.id))?.requests.tell).toEqual([ada]);
});

test('requests do not collide with the owner, and the opposite is taken once', async () => {
  const { operations } = stage.open();
  const record = recordOf({ state: 'running' });
  const rev = await operations.create(record);
  expect(await operations.request(record.id, { cancel: 'U0ADA' })).toBe(true);
  expect(await operations.request(record.id, { cancel: 'U0AMIR', tell: vera })).toBe(true);
  expect(await operations.request(record.id, { tell: ada })).toBe(true);
  expect(await operations.request(record.id, { follow: ada })).toBe(true);
  expect(await operations.request(record.id, { follow: amir })).toBe(false);
  expect(await operations.save(record, rev)).toBe(2);
  expect((await operations.find(record.id))?.requests).toEqual({
    cancel: 'U0ADA',
    tell: expect.arrayContaining([ada, vera]),
    follow: ada,
  });
});

test('an operation that is over, or never was, takes no requests', async () => {
  const { operations } = stage.open();
  const record = recordOf({ state: 'done' });
  await operations.create(record);
  expect(await operations.request(record.id, { cancel: 'U0ADA' })).toBe(false);
  expect(await operations.request(stage.anyId(), { tell: ada })).toBe(false);
});

test('what a newer version wrote is refused, and not overwritten', async () => {
  const { operations } = stage.open();
  const id = stage.anyId();
  const Item = {
    pk: { S: `OP#${id}` },
    v: { N: String(recordVersion + 1) },
    rev: { N: '1' },
    doc: { S: '{}' },
  };
  await stage.table().dynamo.send(new PutItemCommand({ TableName: stage.table().name, Item }));
  const refusal = { code: 'conflict', hint: expect.stringContaining('Update this bot') };
  await expect(operations.find(id)).rejects.toMatchObject(refusal);
  await expect(operations.save(recordOf({ id }), 1)).rejects.toMatchObject(refusal);
  await expect(operations.request(id, { tell: ada })).rejects.toMatchObject(refusal);
});

test('a table that is not there is named', async () => {
  const { operations } = stage.open({ name: 'elsewhere' });
  await expect(operations.find(stage.anyId())).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The bot’s table elsewhere is not there.',
  });
});

test('open operations are listed until they are closed, however many at once', async () => {
  const { operations } = stage.open();
  expect(await operations.listOpen('dev')).toEqual([]);
  await Promise.all(['a', 'b', 'c'].map((id) => operations.open('dev', id)));
  await Promise.all([operations.close('dev', 'b'), operations.open('prod', 'd')]);
  expect((await operations.listOpen('dev')).sort()).toEqual(['a', 'c']);
  await Promise.all(['a', 'c'].map((id) => operations.close('dev', id)));
  expect(await operations.listOpen('dev')).toEqual([]);
});

test('what version 1 wrote is read, kept as it is by requests, and written anew', async () => {
  const { operations } = stage.open();
  const { lock: _, ...old } = recordOf({ state: 'running' });
  const doc = JSON.stringify({ v: 1, ...old });
  const Item = {
    pk: { S: `OP#${old.id}` },
    v: { N: '1' },
    by: { S: 'somebody' },
    rev: { N: '7' },
    doc: { S: doc },
    state: { S: 'running' },
    expires: { N: '1800000000' },
    tell: { SS: ['U0VERA'] },
    follow: { S: '{"id":"U0AMIR","name":"amir"}' },
  };
  const { dynamo, name: TableName } = stage.table();
  await dynamo.send(new PutItemCommand({ TableName, Item }));
  const version = async () => {
    const { Item: item } = await dynamo.send(
      new GetItemCommand({ TableName, Key: { pk: Item.pk }, ConsistentRead: true }),
    );
    return item?.v?.N;
  };
  const found = await operations.find(old.id);
  expect(found).toMatchObject({ rev: 7, record: { ...old, lock: { env: 'dev' } } });
  expect(await operations.request(old.id, { tell: ada })).toBe(true);
  expect(await version()).toBe('1');
  if (found) expect(await operations.save(found.record, 7)).toBe(8);
  expect(await version()).toBe(String(recordVersion));
  expect(await operations.find(old.id)).toMatchObject({
    rev: 8,
    requests: {
      tell: expect.arrayContaining([ada, { id: 'U0VERA', name: 'U0VERA', surface: 'slack' }]),
      follow: { id: 'U0AMIR', name: 'amir', surface: 'slack' },
    },
  });
});
