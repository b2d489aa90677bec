import { expect, test } from 'vitest';
import { createLimit } from '../../../src/aws/client/limit.ts';
import { createWork } from '../../work.ts';

const patient = new AbortController().signal;

test('whoever gives up while they wait leaves at once, and their turn goes to the next', async () => {
  const limit = createLimit(1);
  const work = createWork();
  const first = limit(work.of('first'), patient);
  const impatient = new AbortController();
  const left = limit(work.of('left'), impatient.signal);
  const next = limit(work.of('next'), patient);
  impatient.abort();
  await expect(left).rejects.toMatchObject({ name: 'UserError', code: 'timeout' });
  expect(work.begun).toEqual(['first']);
  work.end('first');
  expect(await first).toBe('first');
  await expect.poll(() => work.begun).toEqual(['first', 'next']);
  work.end('next');
  expect(await next).toBe('next');
});

test('whoever has given up before they wait has no turn', async () => {
  const limit = createLimit(1);
  const work = createWork();
  void limit(work.of('first'), patient);
  await expect(limit(work.of('late'), AbortSignal.abort())).rejects.toMatchObject({
    name: 'UserError',
    code: 'timeout',
  });
  expect(work.begun).toEqual(['first']);
});

test('work that fails gives its place to the next, and never makes room for two', async () => {
  const limit = createLimit(1);
  const work = createWork();
  const failing = limit(() => Promise.reject(new Error('a bug')), patient);
  const second = limit(work.of('second'), patient);
  const third = limit(work.of('third'), patient);
  await expect(failing).rejects.toThrow('a bug');
  await expect.poll(() => work.begun).toEqual(['second']);
  work.end('second');
  await second;
  await expect.poll(() => work.begun).toEqual(['second', 'third']);
  work.end('third');
  await third;
  void limit(work.of('fourth'), patient);
  void limit(work.of('fifth'), patient);
  await expect.poll(() => work.begun).toEqual(['second', 'third', 'fourth']);
});
