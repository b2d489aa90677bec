import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/parts.ts';
import { type Driver, drive, finalStates } from './driver.ts';

/** What may go wrong with one call, and whether AWS did it nevertheless. */
const kinds: {
  name: string;
  fault: Pick<Fault, 'kind' | 'phase' | 'delayMs'>;
  applied: boolean;
  definite: boolean;
}[] = [
  { name: 'throttled', fault: { kind: 'throttle' }, applied: false, definite: true },
  {
    name: 'a fault before it is done',
    fault: { kind: 'error', phase: 'before' },
    applied: false,
    definite: false,
  },
  {
    name: 'a fault after it is done',
    fault: { kind: 'error', phase: 'after' },
    applied: true,
    definite: false,
  },
  {
    name: 'cut off before it is done',
    fault: { kind: 'reset', phase: 'before' },
    applied: false,
    definite: false,
  },
  {
    name: 'cut off after it is done',
    fault: { kind: 'reset', phase: 'after' },
    applied: true,
    definite: false,
  },
  { name: 'cut off in the answer', fault: { kind: 'reset', phase: 'body' }, applied: true, definite: false },
  { name: 'slow', fault: { kind: 'slow', delayMs: 1_500 }, applied: true, definite: true },
];

interface Lane {
  typed: string;
  confirm?: string;
  action: string;
  /** As the ledger names it. */
  entry: string;
}

/** Each lane has a sandbox of its own, and goes to and fro: what one cell stopped, the next starts. */
const lanes: { name: string; there: Lane; back: Lane }[] = [
  {
    name: 'EC2',
    there: {
      typed: '/d2 stop bastion',
      confirm: 'Stop bastion in dev',
      action: 'StopInstances',
      entry: 'StopInstances',
    },
    back: { typed: '/d2 start bastion', action: 'StartInstances', entry: 'StartInstances' },
  },
  {
    name: 'RDS',
    there: {
      typed: '/d2 stop rds',
      confirm: 'Stop rds in dev',
      action: 'StopDBInstance',
      entry: 'StopDBInstance',
    },
    back: { typed: '/d2 start rds', action: 'StartDBInstance', entry: 'StartDBInstance' },
  },
  {
    name: 'PM2',
    there: {
      typed: '/d2 pm2 stop backend-api',
      confirm: 'Stop backend-api in dev',
      action: 'SendCommand d2-pm2-stop',
      entry: 'd2-pm2-stop',
    },
    back: {
      typed: '/d2 pm2 start backend-api',
      confirm: 'Start backend-api in dev',
      action: 'SendCommand d2-pm2-start',
      entry: 'd2-pm2-start',
    },
  },
];

describe.each(lanes)('a change of $name', ({ there, back }) => {
  let d: Driver;
  beforeAll(async () => {
    d = await drive();
  });
  afterAll(() => d?.close());

  async function run(lane: Lane): Promise<{ id: string; state: string; text: string }> {
    await d.turn('20s');
    const first = await d.say('omar', lane.typed, { channel: 'ops' });
    if (lane.confirm) {
      expect(first.state).toBe('waiting');
      d.press('omar', first, lane.confirm);
    }
    return d.message(first.id, ...finalStates);
  }

  for (const { name, fault, applied, definite } of kinds) {
    test.each([there, back])(
      `${name}: $action is applied at most once, and its end is told truly, once`,
      async (lane) => {
        await d.faults({ action: lane.action, times: 1, ...fault });
        const patience = setInterval(() => void d.turn('5s'), 300);
        const ended = await run(lane).finally(() => clearInterval(patience));
        await d.faults();
        const sent = (await d.changes(ended.id)).filter((one) => one === lane.entry);
        expect(sent.length).toBeLessThanOrEqual(1);
        if (applied) expect(sent).toHaveLength(1);
        if (ended.state === 'done') expect(sent).toHaveLength(1);
        else expect(definite || lane.entry.startsWith('d2-')).toBe(true);
        const answers = (await d.messages()).filter(
          ({ id, ephemeral, thread }) => id === ended.id && !ephemeral && !thread,
        );
        expect(answers.map(({ state }) => state)).toEqual([ended.state]);
        if (ended.state !== 'done') {
          expect(ended.text).not.toMatch(/is asleep|is up|online|stopped in/);
          expect((await run(lane)).state).toBe('done');
        }
      },
    );
  }
});
