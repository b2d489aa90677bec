import { expect, test } from 'vitest';
import type { Lock } from '../../../src/stores/locks.ts';
import { omar, useStores } from './stores.ts';

const stage = useStores();

const holdOf = (overrides: Partial<Lock> = {}): Lock => ({
  operation: stage.anyId(),
  command: 'stop',
  caller: { id: omar.id, name: omar.name },
  since: stage.time.at,
  owner: 'replica-a',
  until: stage.time.at + 60_000,
  ...overrides,
});

test('of many who claim an environment, one holds it and the others learn who', async () => {
  const { locks } = stage.open();
  const claims = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const held = holdOf({ owner: `replica-${n}` });
      return { held, claim: await locks.claim({ env: 'claimed' }, held, stage.time.at) };
    }),
  );
  const winners = claims.filter(({ claim }) => claim.won);
  expect(winners).toHaveLength(1);
  for (const { claim } of claims) {
    if (!claim.won) expect(claim.holder).toEqual(winners[0]?.held);
  }
});

test('a claim whose answer was lost is won all the same', async () => {
  const { locks } = await stage.openLossy([1]);
  expect(await locks.claim({ env: 'lossy' }, holdOf(), stage.time.at)).toEqual({ won: true });
});

test('a hold that ran out is there to be taken over, once', async () => {
  const { locks } = stage.open();
  const held = holdOf();
  await locks.claim({ env: 'orphaned' }, held, stage.time.at);
  stage.time.at += 120_000;
  expect(await locks.holder({ env: 'orphaned' })).toEqual(held);
  const taken = await Promise.all(
    ['b', 'c', 'd'].map((name) =>
      locks.renew(
        { env: 'orphaned' },
        { ...held, owner: `replica-${name}`, until: stage.time.at + 60_000 },
        'replica-a',
      ),
    ),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(
    await locks.renew({ env: 'orphaned' }, { ...held, until: stage.time.at + 90_000 }, 'replica-a'),
  ).toBe(false);
});

test('a takeover whose answer was lost is known as one’s own', async () => {
  const { locks } = await stage.openLossy([2]);
  const held = holdOf();
  await locks.claim({ env: 'inherited' }, held, stage.time.at);
  expect(await locks.renew({ env: 'inherited' }, { ...held, owner: 'replica-b' }, 'replica-a')).toBe(true);
});

test('a hold that ran out gives way to a claim', async () => {
  const { locks } = stage.open();
  await locks.claim({ env: 'expired' }, holdOf(), stage.time.at);
  stage.time.at += 60_000;
  expect(await locks.claim({ env: 'expired' }, holdOf({ owner: 'replica-b' }), stage.time.at)).toEqual({
    won: true,
  });
});

test('only the holder frees an environment, and leaves how it ended', async () => {
  const { locks } = stage.open();
  const held = holdOf();
  await locks.claim({ env: 'freed' }, held, stage.time.at);
  await locks.release({ env: 'freed' }, stage.anyId());
  expect(await locks.holder({ env: 'freed' })).toEqual(held);
  const ended = {
    operation: held.operation,
    command: 'stop',
    caller: { id: omar.id, name: 'omar' },
    at: stage.time.at,
  };
  await locks.release({ env: 'freed' }, held.operation, { ...ended, state: 'done' });
  expect(await locks.holder({ env: 'freed' })).toBeUndefined();
  expect(await locks.last('freed')).toEqual({ ...ended, state: 'done' });
  expect(await locks.claim({ env: 'freed' }, holdOf(), stage.time.at)).toEqual({ won: true });
});

test('a table that can’t be reached is no answer', async () => {
  const { locks } = await stage.openDead();
  await expect(locks.claim({ env: 'dev' }, holdOf(), stage.time.at)).rejects.toMatchObject({
    code: 'unavailable',
  });
});

test('a named thing is locked apart from its environment, and its end is the environment’s last change', async () => {
  const { locks } = stage.open();
  const ana = { env: 'named', resource: 'user/ana@example.com' };
  const [whole, one, same] = [holdOf(), holdOf({ command: 'cognito add-user' }), holdOf()];
  expect(await locks.claim({ env: 'named' }, whole, stage.time.at)).toEqual({ won: true });
  expect(await locks.claim(ana, one, stage.time.at)).toEqual({ won: true });
  expect(await locks.claim(ana, same, stage.time.at)).toEqual({ won: false, holder: one });
  expect(await locks.holder({ ...ana, resource: 'user/bob@example.com' })).toBeUndefined();
  const { operation, command, caller } = one;
  await locks.release(ana, operation, { operation, command, caller, state: 'done', at: stage.time.at });
  expect(await locks.holder(ana)).toBeUndefined();
  expect(await locks.holder({ env: 'named' })).toEqual(whole);
  expect(await locks.last('named')).toMatchObject({ operation, state: 'done' });
});
