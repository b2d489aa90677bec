import { describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/interfaces.ts';
import { isSoaking, rounds, seed } from '../rounds.ts';
import { type Driver, finalStates } from './driver.ts';

const faults = (seed: number): Fault[] => [
  { action: '*', kind: 'error', phase: 'before', rate: 0.05, seed },
  { action: '*', kind: 'error', phase: 'after', rate: 0.05, seed: seed + 1 },
  { action: '*', kind: 'reset', phase: 'after', rate: 0.05, seed: seed + 2 },
  { action: '*', kind: 'reset', phase: 'body', rate: 0.05, seed: seed + 3 },
  { action: '*', kind: 'throttle', rate: 0.05, seed: seed + 4 },
  { action: 'slack:*', kind: 'error', rate: 0.1, seed: seed + 5 },
];

const wanted = {
  stop: { ec2: 'stopped', rds: 'stopped', text: /^dev is asleep/ },
  start: { ec2: 'running', rds: 'available', text: /^dev is up/ },
};

const seeds = isSoaking ? Array.from({ length: rounds(1) }, (_, index) => seed + index * 10) : [11];

/** Dev stopped and started, in a sandbox where it is up; its processes may be left stopped. */
export function describeRandomFaults(d: () => Driver): void {
  describe('a fifth of all calls to AWS fail, some of them after they were applied', () => {
    test.each(seeds)(
      'seed %i: nothing is applied twice, and nothing is called done that isn’t',
      async (start) => {
        for (const verb of ['stop', 'start'] as const) {
          const first = await d().say('omar', `/d2 status`);
          expect(first.state).toBe('done');
          const before = new Set((await d().messages()).map(({ id }) => id));
          if (verb === 'stop') {
            const card = await d().say('omar', '/d2 stop dev');
            await d().faults(...faults(start));
            d().press('omar', card, card.buttons[0] ?? '');
          } else {
            await d().faults(...faults(start));
            d().begin('omar', '/d2 start dev');
          }
          const patience = setInterval(() => void d().turn('5s'), 400);
          const ended = await d()
            .until('an end', async () => {
              const all = (await d().messages()).filter(
                (one) => !before.has(one.id) && one.user === 'U0D2BOT',
              );
              const live = all.find(({ state, ephemeral }) => state === 'working' && !ephemeral);
              if (live) return undefined;
              return all.findLast(
                ({ state, text }) => finalStates.includes(state) && !/^(Stopping|Starting)/.test(text),
              );
            })
            .finally(() => clearInterval(patience));
          await d().faults();
          const changes = await d().changes(ended.id);
          expect(changes).toEqual([...new Set(changes)]);
          if (ended.state === 'done' && wanted[verb].text.test(ended.text)) {
            expect(new Set(await d().state('ec2'))).toEqual(new Set([wanted[verb].ec2]));
            expect(await d().state('rds')).toEqual([wanted[verb].rds]);
          } else {
            // Whatever was left undone can be gone on with once AWS is well again.
            expect(['failed', 'partly', 'unknown', 'refused'], ended.text).toContain(ended.state);
            await d().turn('2m');
            await d().until('the environment to be free', async () => {
              const again = await d().say('omar', `/d2 ${verb} dev`);
              if (again.state === 'waiting') await d().click('omar', again, again.buttons[0] ?? '');
              const states = new Set([...(await d().state('ec2')), ...(await d().state('rds'))]);
              return [...states].every((state) => [wanted[verb].ec2, wanted[verb].rds].includes(state));
            });
          }
        }
      },
    );
  });
}
