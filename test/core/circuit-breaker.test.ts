import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../src/core/circuit-breaker.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import { createQuickStores } from '../../src/stores/quick-stores.ts';
import { ask, createWorld, platformOf, screen } from '../commands/world.ts';

const never = () => new Promise<never>(() => undefined);
const refused = { code: 'timeout', message: 'The table does not answer.' };
const createBreaker = () => createCircuitBreaker('The table', { coldMs: 20, warmMs: 20 });

describe('a source that is silent', () => {
  it('holds up the first who asks, and nobody after that', async () => {
    const soon = createBreaker();
    await expect(soon(never)).rejects.toMatchObject(refused);
    // Decided before any timer can run.
    const after = soon(never).catch((error: unknown) => error);
    const first = await Promise.race([after, new Promise((resolve) => setImmediate(resolve, 'later'))]);
    expect(first).toMatchObject(refused);
  });

  it('is asked by one at a time, until it answers', async () => {
    const soon = createBreaker();
    let calls = 0;
    let answer: (value: string) => void = () => undefined;
    const slow = () => {
      calls += 1;
      return new Promise<string>((resolve) => {
        answer = resolve;
      });
    };
    for (let reader = 0; reader < 5; reader++) await expect(soon(slow)).rejects.toMatchObject(refused);
    expect(calls).toBe(1);
    answer('late');
    await new Promise((resolve) => setImmediate(resolve));
    await expect(soon(async () => 'well')).resolves.toBe('well');
  });

  it('is tried again where the call that it left unanswered has failed', async () => {
    const soon = createBreaker();
    let fail: (error: Error) => void = () => undefined;
    const asked = soon(
      () =>
        new Promise<string>((_, reject) => {
          fail = reject;
        }),
    );
    await expect(asked).rejects.toMatchObject(refused);
    fail(new Error('timed out'));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(soon(async () => 'well')).resolves.toBe('well');
  });
});

it('what a source says itself is passed on, and closes nothing', async () => {
  const soon = createBreaker();
  const denied = new UserError('forbidden', 'The bot may not call dynamodb:GetItem.');
  for (let reader = 0; reader < 3; reader++)
    await expect(soon(() => Promise.reject(denied))).rejects.toBe(denied);
  await expect(soon(async () => 'well')).resolves.toBe('well');
});

it('status is answered without lock and last change while the table is silent', async () => {
  const world = createWorld();
  const platform = platformOf(world);
  if (!platform.stores) throw new Error('no table');
  const silent = { ...platform.stores, locks: { ...platform.stores.locks, holder: never, last: never } };
  const stores = createQuickStores(silent, createBreaker());
  for (let reader = 0; reader < 2; reader++) {
    const { reply } = await ask('status', world, { platform: { ...platform, stores } });
    expect(screen(reply)).toMatch(/^dev is up/);
    expect(screen(reply)).toContain('Last change unknown: The table does not answer.');
  }
});
