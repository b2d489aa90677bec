import { describe, expect, test } from 'vitest';
import { sampled } from '../rounds.ts';
import { type Driver, finalStates } from './driver.ts';

/** The bot killed in its changes, in a sandbox where dev is up; it leaves dev up. */
export function describeKilled(d: () => Driver): void {
  /** The bot dies, another comes, and the lease of the dead one runs out. */
  async function crash(): Promise<void> {
    await d().sandbox.bot().stop('SIGKILL');
    await d().sandbox.restart();
    await d().turn('2m');
  }

  /** Begins it and does not wait; answers the operation's id. */
  async function ask(verb: 'stop' | 'start'): Promise<string> {
    if (verb === 'stop') {
      const card = await d().say('omar', '/d2 stop dev');
      d().press('omar', card, 'Stop dev');
      return card.id;
    }
    const before = new Set((await d().messages()).map(({ id }) => id));
    d().begin('omar', '/d2 start dev');
    return d().until('start to begin', async () => {
      const live = (await d().messages()).find(
        ({ id, text }) => !before.has(id) && /^Starting dev/.test(text),
      );
      return live?.id;
    });
  }

  const terminals = async (id: string) =>
    (await d().messages()).filter(
      (one) => one.id === id && !one.ephemeral && !one.thread && finalStates.includes(one.state),
    );

  describe('the bot killed in the middle', () => {
    test('of a restart of PM2: it is not restarted twice', async () => {
      const card = await d().say('omar', '/d2 pm2 restart backend-api');
      d().press('omar', card, card.buttons[0] ?? '');
      await d().until('the restart to be sent', async () =>
        (await d().changes(card.id)).includes('d2-pm2-restart'),
      );
      await crash();
      const ended = await d().message(card.id, ...finalStates);
      expect(ended.state).toBe('done');
      expect((await d().changes(card.id)).filter((one) => one === 'd2-pm2-restart')).toHaveLength(1);
      expect(await terminals(card.id)).toHaveLength(1);
    });

    test('while it looked for a restart that never arrived: the next one looks on, and says that nothing happened', async () => {
      const card = await d().say('omar', '/d2 pm2 restart backend-api');
      await d().faults({ action: 'SendCommand d2-pm2-restart', kind: 'reset', phase: 'before', times: 1 });
      d().press('omar', card, card.buttons[0] ?? '');
      await d().until('it to look', async () =>
        (await d().messages()).find(
          ({ id, words }) => id === card.id && /looking whether it happened/.test(words),
        ),
      );
      await crash();
      await d().until('the next one to look', async () =>
        (await d().messages()).find(
          ({ id, words }) => id === card.id && /Interrupted by a restart/.test(words),
        ),
      );
      await d().faults();
      await d().turn('11m');
      const ended = await d().message(card.id, ...finalStates);
      expect(ended).toMatchObject({ state: 'failed', text: expect.stringContaining('nothing changed') });
      expect(await d().changes(card.id)).toEqual([]);
      expect(await terminals(card.id)).toHaveLength(1);
    });

    test('before it sent anything: nothing is changed, and that is said', async () => {
      const card = await d().say('omar', '/d2 stop bastion');
      await d().faults({ action: 'PutLogEvents', kind: 'slow', delayMs: 3_000 });
      d().press('omar', card, card.buttons[0] ?? '');
      await d().message(card.id, 'working');
      await crash();
      await d().faults();
      const ended = await d().message(card.id, ...finalStates);
      expect(ended.words).toMatch(/Nothing was changed/);
      expect(await d().changes(card.id)).toEqual([]);
      const again = await d().say('omar', '/d2 stop bastion');
      expect(again.state).toBe('waiting');
    });

    const points = [
      ['stop', 'd2-pm2-stop'],
      ['start', 'StartDBInstance'],
      ['stop', 'StopInstances'],
      ['start', 'StartInstances'],
      ['stop', 'StopDBInstance'],
    ] as const;
    const whole = {
      stop: ['d2-pm2-stop', 'StopInstances', 'StopDBInstance'],
      start: ['StartDBInstance', 'StartInstances'],
    };
    // Once going down, once coming up; the rest is for `npm run soak`.
    test.each(sampled(points, 3))(
      'of %s, when %s was just applied: the next one takes it over, nothing is doubled',
      async (verb, point) => {
        const id = await ask(verb);
        await d().until(`${point} to be applied`, async () => (await d().changes(id)).includes(point));
        await crash();
        const ended = await d().message(id, ...finalStates);
        expect(ended).toMatchObject({ state: 'done', text: expect.stringMatching(/^dev is (asleep|up)/) });
        expect(ended.words).toMatch(/omar/);
        expect(await d().changes(id)).toEqual(whole[verb]);
        expect(new Set(await d().state('ec2'))).toEqual(new Set([verb === 'stop' ? 'stopped' : 'running']));
        expect(await d().state('rds')).toEqual([verb === 'stop' ? 'stopped' : 'available']);
        expect(await terminals(id)).toHaveLength(1);
      },
    );
  });
}
