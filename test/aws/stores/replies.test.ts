import { expect, test } from 'vitest';
import { useStores } from './stores.ts';

const stage = useStores();

test('replies are kept for ten minutes', async () => {
  const { replies } = stage.open();
  await replies.keep('r1', '{"title":"dev is up"}');
  expect(await replies.find('r1')).toBe('{"title":"dev is up"}');
  stage.time.at += 11 * 60_000;
  expect(await replies.find('r1')).toBeUndefined();
});

test('a reply too large for an item is not kept', async () => {
  const { replies } = stage.open();
  await replies.keep('r2', 'x'.repeat(500_000));
  expect(await replies.find('r2')).toBeUndefined();
});
