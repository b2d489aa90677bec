import { describe, expect, test } from 'vitest';
import { sampled } from '../rounds.ts';
import type { Driver } from './driver.ts';

const troubles = [
  ['chat.update', 'throttle'],
  ['chat.update', 'error'],
  ['chat.update', 'reset'],
  ['chat.postMessage', 'throttle'],
  ['chat.postMessage', 'error'],
  ['chat.postMessage', 'reset'],
] as const;

/** Restarts while Slack takes no message, in a sandbox where dev is up; it leaves dev up. */
export function describeSlackDown(d: () => Driver): void {
  describe('Slack in trouble', () => {
    // One of either method; the rest is for `npm run soak`.
    test.each(sampled(troubles, 4))(
      '%s answers %s for a while: the outcome still arrives, once',
      async (method, kind) => {
        const card = await d().say('omar', '/d2 pm2 restart backend-api');
        await d().faults({ action: `slack:${method}`, kind, times: 2 });
        d().press('omar', card, card.buttons[0] ?? '');
        // Where a message can't be opened, nothing is begun, and its card says so.
        const ended = await d().until('an end of it', async () =>
          (await d().messages()).find((one) => one.id === card.id && /restarted|Not done/.test(one.text)),
        );
        await d().faults();
        const sent = (await d().changes(card.id)).filter((one) => one === 'd2-pm2-restart');
        expect({ state: ended.state, sent: sent.length }).toEqual(
          /Not done/.test(ended.text) ? { state: 'refused', sent: 0 } : { state: 'done', sent: 1 },
        );
      },
    );

    test('a channel that the bot is not in: refused, with how to invite it', async () => {
      const card = await d().say('omar', '/d2 pm2 restart backend-api');
      await d().faults({ action: 'slack:chat.postMessage', kind: 'deny' });
      const ended = await d().click('omar', card, card.buttons[0] ?? '');
      await d().faults();
      expect(ended.state).toBe('refused');
      expect(ended.words).toMatch(/\/invite/);
      expect(await d().changes(card.id)).toEqual([]);
    });
  });
}
