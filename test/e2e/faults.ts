import { describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/interfaces.ts';
import { sampled } from '../rounds.ts';
import { type Driver, finalStates } from './driver.ts';

/** What may go wrong with one call, and whether AWS did it nevertheless. */
interface Kind {
  name: string;
  fault: Pick<Fault, 'kind' | 'phase' | 'delayMs'>;
  applied: boolean;
  definite: boolean;
}

const kinds: Kind[] = [
  {
    name: 'a fault after it is done',
    fault: { kind: 'error', phase: 'after' },
    applied: true,
    definite: false,
  },
  { name: 'throttled', fault: { kind: 'throttle' }, applied: false, definite: true },
  { name: 'slow', fault: { kind: 'slow', delayMs: 1_500 }, applied: true, definite: true },
  {
    name: 'cut off after it is done',
    fault: { kind: 'reset', phase: 'after' },
    applied: true,
    definite: false,
  },
  {
    name: 'a fault before it is done',
    fault: { kind: 'error', phase: 'before' },
    applied: false,
    definite: false,
  },
  {
    name: 'cut off before it is done',
    fault: { kind: 'reset', phase: 'before' },
    applied: false,
    definite: false,
  },
  { name: 'cut off in the answer', fault: { kind: 'reset', phase: 'body' }, applied: true, definite: false },
];

interface Change {
  typed: string;
  confirm?: string;
  action: string;
  /** As the ledger names it. */
  entry: string;
}

/** Each goes there and back: what one test stopped, the next starts. */
const lanes: { name: string; there: Change; back: Change }[] = [
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

/** Each change with one call of it gone wrong, in a sandbox where dev is up; it leaves dev up. */
export function describeFaults(d: () => Driver): void {
  async function run(change: Change): Promise<{ id: string; state: string; text: string }> {
    const first = await d().say('omar', change.typed);
    if (change.confirm) {
      expect(first.state).toBe('waiting');
      d().press('omar', first, change.confirm);
    }
    return d().message(first.id, ...finalStates);
  }

  async function judge(change: Change, { fault, applied, definite }: Kind): Promise<void> {
    await d().faults({ action: change.action, times: 1, ...fault });
    // What was not done is looked for a minute long before it is sent again; after that PM2 needs real time.
    const before = (await d().changes()).length;
    const turn = async () => (await d().changes()).length === before && d().turn('10s');
    const patience = !applied && !definite ? setInterval(() => void turn(), 300) : undefined;
    const ended = await run(change).finally(() => clearInterval(patience));
    await d().faults();
    const sent = (await d().changes(ended.id)).filter((one) => one === change.entry);
    const answers = (await d().messages()).filter(
      ({ id, ephemeral, thread }) => id === ended.id && !ephemeral && !thread,
    );
    const told = { change: change.action, state: ended.state, text: ended.text, sent: sent.length };
    expect(answers.map(({ state }) => state)).toEqual([ended.state]);
    if (ended.state === 'done' || applied) expect(told).toMatchObject({ sent: 1 });
    else expect(told).toMatchObject({ sent: 0 });
    if (applied && definite) expect(told).toMatchObject({ state: 'done' });
    if (ended.state === 'done') return;
    expect(ended.text).toMatch(/failed|partly|unknown/);
    expect((await run(change)).state).toBe('done');
  }

  // The one that would be doubled; random-faults mixes them, and all of them are for `npm run soak`.
  describe.each(sampled(kinds, kinds.length))('$name', (kind) => {
    const ways = lanes.flatMap(({ name, there, back }) => [
      { name: `${name} there`, change: there },
      { name: `${name} back`, change: back },
    ]);
    test.each(ways)('it is applied at most once, and its end is told truly and once: $name', ({ change }) =>
      judge(change, kind),
    );
  });
}
