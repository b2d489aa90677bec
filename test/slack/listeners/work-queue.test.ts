import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createWorkQueue } from '../../../src/slack/listeners/work-queue.ts';
import { createWork } from '../../work.ts';

const hour = 3_600_000;

/** Until nothing more begins by itself. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await setImmediate();
}

describe('the queue of work', () => {
  it('begins nothing before what arrived with it is acknowledged', async () => {
    const queue = createWorkQueue({ atOnce: 8, countsForMs: hour });
    const order: string[] = [];
    const works = ['a', 'b', 'c'].map((name) => {
      const work = queue.add(name, async () => void order.push(`work ${name}`));
      order.push(`ack ${name}`);
      return work;
    });
    await Promise.all(works);
    expect(order).toEqual(['ack a', 'ack b', 'ack c', 'work a', 'work b', 'work c']);
  });

  it('gives every piece a turn of the event loop of its own', async () => {
    const queue = createWorkQueue({ atOnce: 8, countsForMs: hour });
    const order: string[] = [];
    const works = ['a', 'b', 'c'].map((name) => queue.add(name, async () => void order.push(name)));
    const arrivals = (async () => {
      while (order.filter((name) => name !== 'arrival').length < 3) {
        await setImmediate();
        order.push('arrival');
      }
    })();
    await Promise.all([...works, arrivals]);
    expect(order.join(' ')).toMatch(/a arrival.* b arrival.* c/);
  });

  it('runs as many at once as it may, and the next when one ends', async () => {
    const queue = createWorkQueue({ atOnce: 2, countsForMs: hour });
    const work = createWork();
    for (const name of ['a', 'b', 'c', 'd']) void queue.add(name, work.of(name));
    await rest();
    expect(work.begun).toEqual(['a', 'b']);
    work.end('a');
    await rest();
    expect(work.begun).toEqual(['a', 'b', 'c']);
  });

  it('takes turns by who asked, so that nobody waits for all of somebody else’s', async () => {
    const queue = createWorkQueue({ atOnce: 1, countsForMs: hour });
    const begun: string[] = [];
    const ask = (asker: string, name: string) => queue.add(asker, async () => void begun.push(name));
    await Promise.all([
      ...['v1', 'v2', 'v3', 'v4'].map((name) => ask('vera', name)),
      ask('omar', 'o1'),
      ask('omar', 'o2'),
    ]);
    expect(begun).toEqual(['v1', 'o1', 'v2', 'o2', 'v3', 'v4']);
  });

  it('lets work that runs for long hold up nobody', async () => {
    const queue = createWorkQueue({ atOnce: 1, countsForMs: 20 });
    const work = createWork();
    void queue.add('omar', work.of('a change of an hour'));
    await queue.add('vera', async () => void work.begun.push('a read'));
    expect(work.begun).toEqual(['a change of an hour', 'a read']);
    // It gave its place back once: its end must not make room for two.
    work.end('a change of an hour');
    for (const name of ['b', 'c']) void queue.add(name, work.of(name));
    await delay(0);
    expect(work.begun.slice(2)).toEqual(['b']);
  });

  it('goes on after work that failed', async () => {
    const queue = createWorkQueue({ atOnce: 1, countsForMs: hour });
    await expect(queue.add('a', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    await expect(queue.add('a', async () => undefined)).resolves.toBeUndefined();
  });
});
