import { afterEach, expect, test } from 'vitest';
import { createClock } from '../../src/aws/clock.ts';
import { findIdentity } from '../../src/aws/identity.ts';
import { clientsOf, startWire } from './wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000011112222:user/ada</Arn><Account>000011112222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

/** A clock, and how to hear from an AWS that is `ahead` ms ahead of this machine. */
async function startClock() {
  let ahead = 0;
  const wire = await startWire(() => ({
    body: identity,
    headers: { date: new Date(Date.now() + ahead).toUTCString() },
  }));
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  const clock = createClock(clients);
  return {
    clock,
    hear: (ms: number) => {
      ahead = ms;
      return findIdentity({ clients }, { signal: AbortSignal.timeout(10_000) });
    },
  };
}

const aheadOf = (at: Date) => Math.round((at.getTime() - Date.now()) / 60_000);

test('the bot’s time is AWS’s, whichever way this machine is wrong', async () => {
  const { clock, hear } = await startClock();
  expect(aheadOf(clock.now())).toBe(0);
  expect(await hear(30 * 60_000)).toEqual({
    account: '000011112222',
    arn: 'arn:aws:iam::000011112222:user/ada',
  });
  expect(aheadOf(clock.now())).toBe(30);
  await hear(-10 * 60_000);
  expect(aheadOf(clock.now())).toBe(-10);
});

test('a second’s difference is the header’s rounding, not a wrong clock', async () => {
  const { clock, hear } = await startClock();
  await hear(1_000);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(100);
});

test('a sleep ends at its signal', async () => {
  const { clock } = await startClock();
  await expect(clock.sleep(60_000, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'AbortError' });
});
