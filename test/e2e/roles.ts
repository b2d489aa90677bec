import { describe, expect, test } from 'vitest';
import { type Driver, finalStates } from './driver.ts';

/** Begins in a sandbox that is as new, and leaves the instances and the database stopped. */
export function describeRoles(d: () => Driver): void {
  const changes = [
    'stop dev',
    'start dev',
    'pm2 restart backend-api',
    'pm2 flush backend-api',
    'cognito add-user x@example.com',
  ];

  describe('who may change what', () => {
    test.each(changes)(
      'a viewer’s “%s” is refused with the role that it needs, and changes nothing',
      async (typed) => {
        const answer = await d().say('vera', `/d2 ${typed}`);
        expect(answer.state).toBe('refused');
        expect(answer.words).toMatch(/operator/);
        expect(answer.words).toMatch(/Nothing was changed/);
        expect(await d().changes()).toEqual([]);
      },
    );

    test.each([
      ['gus', 'ops', 'a guest'],
      ['omar', 'random', 'anybody in a channel that is not configured'],
      ['omar', 'shared', 'anybody in a channel shared with another company'],
    ])('%s in %s, %s, is refused', async (user, channel) => {
      expect((await d().say(user, '/d2 stop dev', { channel })).state).toBe('refused');
      expect(await d().changes()).toEqual([]);
    });

    test('somebody of another team has her command ignored and her mention refused', async () => {
      const before = (await d().messages()).length;
      d().begin('zoe', '/d2 stop dev', { channel: 'shared' });
      d().begin('zoe', '@d2 status', { channel: 'shared' });
      await d().say('vera', '/d2 whoami');
      const since = (await d().messages()).slice(before).filter(({ user }) => user === 'U0D2BOT');
      for (const { ephemeral, state } of since)
        expect(ephemeral === 'U0VERA' || state === 'refused').toBe(true);
      expect(await d().changes()).toEqual([]);
    });

    test('nobody else sees Omar’s card, so that nobody else can press it', async () => {
      const card = await d().say('omar', '@d2 stop bastion');
      expect(card).toMatchObject({ state: 'waiting', ephemeral: 'U0OMAR' });
      for (const user of ['vera', 'ada', 'gus'])
        await expect(d().click(user, card, 'Stop bastion in dev')).rejects.toThrow(/click/);
      expect((await d().click('omar', card, 'Don’t')).state).toBe('refused');
      expect((await d().messages()).every(({ state }) => state === '' || finalStates.includes(state))).toBe(
        true,
      );
    });

    test('roles are asked for anew at the click: when Slack can’t tell them, nothing is done', async () => {
      const card = await d().say('omar', '/d2 stop bastion');
      await d().faults({ action: 'slack:usergroups.users.list', kind: 'error' });
      const pressed = await d().click('omar', card, 'Stop bastion in dev');
      await d().faults();
      expect(['refused', 'failed']).toContain(pressed.state);
      expect(await d().changes()).toEqual([]);
    });

    test('a button that everybody sees asks for the presser’s own role', async () => {
      const open = await d().say('omar', '@d2 status');
      const pressed = await d().click('vera', open, 'Stop');
      expect(pressed).toMatchObject({ state: 'refused', ephemeral: 'U0VERA' });
      expect(pressed.words).toMatch(/operator/);
      expect(await d().changes()).toEqual([]);
    });
  });

  describe('two at once', () => {
    test('the second who stops gets the live link and Tell me, and is told', async () => {
      const card = await d().say('omar', '/d2 stop dev');
      await d().faults({ action: 'StopInstances', kind: 'slow', delayMs: 4_000 });
      d().press('omar', card, 'Stop dev');
      const live = await d().message(card.id, 'working');
      const second = await d().say('ada', '/d2 stop dev');
      expect(second.text).toMatch(/under way already/);
      expect(second.words).toContain(`p${live.ts.replace('.', '')}`);
      expect(second.buttons).toEqual(['Tell me']);
      await d().click('ada', second, 'Tell me');

      const opposite = await d().say('ada', '/d2 start dev');
      expect(opposite.buttons).toContain('Then start it');
      await d().click('ada', opposite, 'Then start it');
      await d().faults();

      const asleep = await d().message(card.id, 'done');
      expect(asleep.text).toMatch(/asleep/);
      await d().until('Ada to be told', async () =>
        (await d().messages()).find(({ thread, words }) => thread === live.ts && /asleep/.test(words)),
      );
      await d().until('dev to be up again', async () =>
        (await d().messages()).find(({ text, thread }) => thread === undefined && /^dev is up/.test(text)),
      );
      const all = await d().changes();
      expect(all.filter((one) => one === 'StopInstances')).toHaveLength(1);
      expect(all.filter((one) => one === 'StartInstances')).toHaveLength(1);
    });

    test('cancelled in the middle it is partly done, with ways on and back', async () => {
      const card = await d().say('omar', '/d2 stop dev');
      await d().faults({ action: 'StopInstances', kind: 'slow', delayMs: 5_000 });
      d().press('omar', card, 'Stop dev');
      await d().until('its first step', async () => (await d().changes(card.id)).includes('d2-pm2-stop'));
      const live = await d().message(card.id, 'working');
      expect((await d().click('vera', live, 'Cancel after this step')).state).toBe('refused');
      const cancelled = await d().say('omar', '/d2 cancel dev');
      expect(cancelled.state).toBe('done');
      const partly = await d().message(card.id, 'partly');
      expect(partly.words).toMatch(/cancelled, partly done/);
      expect(partly.buttons).toEqual(expect.arrayContaining(['Go on', 'Start dev']));
      await d().faults();
      expect(await d().state('rds')).toEqual(['available']);
      const on = await d().click('omar', partly, 'Go on');
      await d().click('omar', on, 'Stop dev');
      await d().message(on.id, 'done');
      expect(await d().state('rds')).toEqual(['stopped']);
    });
  });
}
