import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../sandbox/clock.ts';

const dayMs = 86_400_000;

describe('the clock', () => {
  it('waits for what is further away than a timer can count', async () => {
    // Node says so, and fires a timer for longer than it can count at once.
    const warnings: string[] = [];
    const warn = ({ name }: Error) => warnings.push(name);
    process.on('warning', warn);
    const clock = createClock();
    const fired: string[] = [];
    clock.after(40 * dayMs, () => fired.push('forty days'));
    await delay(50);
    process.off('warning', warn);
    expect({ warnings, fired }).toEqual({ warnings: [], fired: [] });
    clock.advance(39 * dayMs);
    expect(fired).toEqual([]);
    clock.advance(dayMs);
    expect(fired).toEqual(['forty days']);
    clock.close();
  });
});
