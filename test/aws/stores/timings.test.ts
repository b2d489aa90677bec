import { expect, test } from 'vitest';
import { useStores } from './stores.ts';

const stage = useStores();

test('the last nine times of a step are known, also when several learn at once', async () => {
  const { timings } = stage.open();
  for (let seconds = 1; seconds <= 11; seconds++) await timings.learn('dev', 'rds', seconds);
  await Promise.all([timings.learn('dev', 'ec2', 40), timings.learn('dev', 'ssm', 20)]);
  expect(await timings.usual('dev')).toEqual({
    rds: [3, 4, 5, 6, 7, 8, 9, 10, 11],
    ec2: [40],
    ssm: [20],
  });
});
