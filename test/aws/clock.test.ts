import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClock } from '../../src/aws/clock.ts';
import { findIdentity } from '../../src/aws/identity.ts';
import { clientsOf, startWire } from './wire.ts';

const endings: (() => void)[] = [];

// This machine's clock stands, but where a test turns it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T01:00:00.700Z') });
});
afterEach(() => {
  vi.useRealTimers();
  for (const end of endings.splice(0)) end();
});

const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000011112222:user/ada</Arn><Account>000011112222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

/** A clock, and how to hear from an AWS that is `ahead` ms ahead of this machine, and takes so long for it. */
async function startClock() {
  let ahead = 0;
  let takes = 0;
  const wire = await startWire(() => {
    const date = new Date(Date.now() + ahead + takes / 2).toUTCString();
    vi.setSystemTime(Date.now() + takes);
    return { body: identity, headers: { date } };
  });
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  const clock = createClock(clients);
  return {
    clock,
    hear: (ms: number, tookMs = 0) => {
      ahead = ms;
      takes = tookMs;
      return findIdentity({ clients }, { signal: AbortSignal.timeout(10_000) });
    },
  };
}

const minutes = 60_000;
const aheadOf = (at: Date) => Math.round((at.getTime() - Date.now()) / minutes);

test('the bot’s time is AWS’s, whichever way this machine is wrong', async () => {
  const { clock, hear } = await startClock();
  expect(aheadOf(clock.now())).toBe(0);
  expect(await hear(30 * minutes)).toEqual({
    account: '000011112222',
    arn: 'arn:aws:iam::000011112222:user/ada',
  });
  expect(aheadOf(clock.now())).toBe(30);
  await hear(-10 * minutes);
  expect(aheadOf(clock.now())).toBe(-10);
});

test('a second’s difference is the header’s rounding, not a wrong clock', async () => {
  const { clock, hear } = await startClock();
  await hear(1_000);
  expect(clock.now()).toEqual(new Date());
});

test('a slow answer proves less than a quick one', async () => {
  const { clock, hear } = await startClock();
  await hear(8_000, 10_000);
  expect(clock.now()).toEqual(new Date());
  await hear(8_000);
  expect(clock.now()).toEqual(new Date(Date.now() + 7_300));
});

test('a sleep ends at its signal', async () => {
  const { clock } = await startClock();
  await expect(clock.sleep(60_000, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'AbortError' });
});
