import { describe, expect, test } from 'vitest';
import type { Driver } from './driver.ts';

/** What changes nothing, in a sandbox that has just begun or that nobody has changed. */
export function describeBadInput(d: () => Driver): void {
  describe('what is typed wrong', () => {
    const wrong: [string, RegExp][] = [
      ['florble', /florble/],
      ['pm2', /pm2 (?:list|show)/],
      ['pm2 frobnicate backend-api', /pm2/],
      ['status dev dev2', /dev2/],
      ['status staging', /staging[\s\S]*dev/],
      ['health frontend', /frontend[\s\S]*backend-api/],
      ['logs --since yesterdayish', /yesterdayish/],
      ['logs --since 5x', /5x/],
      ['logs --lines many', /many/],
      ['logs --nonsense 1', /nonsense/],
      ['stop everything now please', /everything|please|now/],
      ['cognito show', /email/i],
      ['cognito add-user not-an-email', /not-an-email|email/i],
      ['cognito add-user a@b.example --role KING', /KING[\s\S]*admin/],
      ['status __proto__=1', /__proto__/],
      ['__proto__', /__proto__/],
      ['constructor', /constructor/],
      ['status 🚗', /🚗/u],
      ['status \u202edev\u202c', /./],
      ['status `id`', /id/],
      ['pm2 restart $(reboot)', /reboot/],
      ['pm2 restart backend-api;reboot', /backend-api/],
      ['status "unclosed', /./],
    ];
    test.each(wrong)('“%s” is answered with what to do instead', async (typed, expected) => {
      const answer = await d().say('omar', `/d2 ${typed}`);
      expect(['refused', 'failed', 'waiting']).toContain(answer.state);
      expect(answer.words).toMatch(expected);
      expect(answer.words).not.toMatch(/unexpected|bug|undefined|\[object/i);
    });

    test('a near miss of a change is offered as a button, never run', async () => {
      const answer = await d().say('omar', '/d2 stpo dev');
      expect(answer.state).toBe('refused');
      expect(answer.buttons.join()).toMatch(/stop dev/i);
      const card = await d().click('omar', answer, answer.buttons[0] ?? '');
      expect(card).toMatchObject({ state: 'waiting', text: expect.stringMatching(/^Stop dev\?/) });
    });

    test('a filter of 5,000 characters is refused with the length that is taken', async () => {
      const answer = await d().say('omar', `/d2 logs --filter ${'x'.repeat(5_000)}`);
      expect(answer.state).toBe('refused');
      expect(answer.words).toMatch(/\d/);
      expect(answer.words.length).toBeLessThan(3_000);
    });

    test.each(['"$(reboot)"', '"`id`"', '"a && b | c"', '"<!channel> <@U0ADA>"', '"*bold* _x_"', 'ünïcödé'])(
      'a filter of %s is only words to look for',
      async (filter) => {
        const answer = await d().say('omar', `/d2 logs --filter ${filter}`);
        expect(['done', 'refused']).toContain(answer.state);
      },
    );

    test('none of it changed anything', async () => {
      expect(await d().changes()).toEqual([]);
      expect((await d().say('omar', '/d2 status')).text).toMatch(/up and well/);
    });
  });

  describe('users', () => {
    test('one who exists already is said to exist, and stays as they were', async () => {
      const list = await d().say('omar', '/d2 cognito list');
      const [email = ''] = /[\w.+-]+@[\w.-]+\w/.exec(list.words) ?? [];
      expect(email).toContain('@');
      const card = await d().say('omar', `/d2 cognito add-user ${email}`);
      const ended = card.state === 'waiting' ? await d().click('omar', card, card.buttons[0] ?? '') : card;
      expect(ended.words).toMatch(/exists|already/i);
      expect(await d().changes()).toEqual([]);
    });

    test('one whom nobody knows is not found', async () => {
      const answer = await d().say('omar', '/d2 cognito show nobody@example.com');
      expect(answer.state).not.toBe('done');
      expect(answer.words).toContain('nobody@example.com');
    });
  });
}
