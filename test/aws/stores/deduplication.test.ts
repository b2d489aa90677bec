import { expect, test } from 'vitest';
import { useStores } from './stores.ts';

const stage = useStores();

test('a key is first once in ten minutes', async () => {
  const { deduplication } = stage.open();
  const said = await Promise.all(Array.from({ length: 10 }, () => deduplication.first('trigger-1')));
  expect(said.filter(Boolean)).toHaveLength(1);
  stage.time.at += 11 * 60_000;
  expect(await deduplication.first('trigger-1')).toBe(true);
});

test('a first whose answer was lost stays the first', async () => {
  const { deduplication } = await stage.openLossy([1]);
  expect(await deduplication.first('trigger-2')).toBe(true);
});
