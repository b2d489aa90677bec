import { afterEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/interfaces.ts';
import { type Driver, finalStates } from './driver.ts';

const tableCalls = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'TransactWriteItems'];
const eachOf = (actions: readonly string[], fault: Omit<Fault, 'action'>): Fault[] =>
  actions.map((action) => ({ action, ...fault }));

/** What the bot needs is down or gone, in a sandbox that is as new; it leaves that account empty. */
export function describeOutages(d: () => Driver): void {
  afterEach(async () => {
    await d().faults();
  });

  describe('what changes need is down', () => {
    test.each(['deny', 'error'] as const)(
      'the audit trail (%s): refused, and nothing is sent',
      async (kind) => {
        const card = await d().say('omar', '/d2 stop dev');
        await d().faults({ action: 'PutLogEvents', kind }, { action: 'CreateLogStream', kind });
        d().press('omar', card, 'Stop dev');
        const ended = await d().message(card.id, 'refused');
        expect(ended.words).toMatch(/Nothing was changed/);
        expect(await d().changes()).toEqual([]);
      },
    );

    test('the table: refused, and nothing is sent; looking goes on', async () => {
      const card = await d().say('omar', '/d2 stop dev');
      await d().faults(...eachOf(tableCalls, { kind: 'deny' }));
      const pressed = await d().click('omar', card, 'Stop dev');
      expect(['refused', 'failed']).toContain(pressed.state);
      const asked = await d().say('omar', '/d2 stop dev');
      expect(['refused', 'failed']).toContain(asked.state);
      expect(await d().changes()).toEqual([]);
      expect((await d().say('omar', '/d2 pm2 list')).state).toBe('done');
    });

    test('the table says nothing: looking goes on without Details, which come back with it', async () => {
      await d().faults(...eachOf(tableCalls, { kind: 'slow', delayMs: 8_000 }));
      for (let reader = 0; reader < 3; reader++) {
        const bare = await d().say('omar', '/d2 status');
        expect(bare.words).toMatch(/^dev is up/);
        expect(bare.buttons).not.toContain('Details');
      }
      await d().faults();
      await d().until('Details to come back', async () =>
        (await d().say('omar', '/d2 status')).buttons.includes('Details') ? true : undefined,
      );
    });

    test('the bot’s own credentials are expired: one sentence says so', async () => {
      await d().faults({ action: '*', kind: 'expired' });
      const looked = await d().say('omar', '/d2 status');
      expect(looked.words).toMatch(/expired/i);
      const asked = await d().say('omar', '/d2 stop dev');
      expect(['refused', 'failed']).toContain(asked.state);
      await d().faults();
      expect(await d().changes()).toEqual([]);
    });

    test('one silent source is a row of its own, never “stopped”', async () => {
      await d().faults({ action: 'DescribeDBInstances', kind: 'error' });
      const answer = await d().say('omar', '/d2 status');
      expect(answer.words).toMatch(/unknown/i);
      expect(answer.words).not.toMatch(/database\W+stopped/);
    });
  });

  // What one leaves is no matter to the next, or is undone by a reset.
  describe('the instance in a bad way', () => {
    test('PM2 does not have the process: said so, and nothing is sent', async () => {
      const { machine } = d().sandbox;
      const gone = await machine.run({
        commands: ['pm2 delete backend-api'],
        env: { PM2_HOME: machine.homes.root },
        timeoutSeconds: 20,
      });
      expect(gone.exitCode).toBe(0);
      const list = await d().say('omar', '/d2 pm2 list');
      expect(list.words).toMatch(/no process|0 of 0|empty|nothing/i);
      for (const typed of ['pm2 show backend-api', 'pm2 restart backend-api', 'pm2 stop backend-api']) {
        const answer = await d().say('omar', `/d2 ${typed}`);
        expect(['refused', 'failed']).toContain(answer.state);
        expect(answer.words).toContain('backend-api');
      }
      expect((await d().say('omar', '/d2 status')).text).not.toMatch(/well/);
      expect(await d().changes()).toEqual([]);
      await d().reset();
    });

    test('it is asleep: looking says so and offers to start it', async () => {
      const card = await d().say('omar', '/d2 stop backend');
      await d().click('omar', card, card.buttons[0] ?? '');
      await d().message(card.id, 'done');
      for (const typed of ['health', 'pm2 list', 'pm2 restart backend-api', 'pm2 show backend-api']) {
        const answer = await d().say('omar', `/d2 ${typed}`);
        expect(answer.words).toMatch(/stopped|asleep/);
        expect(answer.buttons.join()).toMatch(/Start/);
      }
      await d().reset();
    });

    test('its agent is offline: said so, and stop says what it can’t do gracefully', async () => {
      d().disturb({ what: 'agent-offline', instance: 'i-080c218b1eb3925ee' });
      for (const typed of ['health', 'pm2 list', 'pm2 restart backend-api', 'logs --from pm2']) {
        const answer = await d().say('omar', `/d2 ${typed}`);
        expect(answer.words).toMatch(/agent/i);
      }
      expect((await d().say('omar', '/d2 stop dev')).words).toMatch(/can’t be stopped gracefully/);
    });

    test('it was terminated meanwhile: said so', async () => {
      const card = await d().say('omar', '/d2 stop backend');
      d().disturb({ what: 'instance-terminated', instance: 'i-080c218b1eb3925ee' });
      const pressed = await d().click('omar', card, card.buttons[0] ?? '');
      expect(['refused', 'failed']).toContain(pressed.state);
      expect(pressed.words).toMatch(/no backend in dev|changed since|terminated/);
      expect((await d().say('omar', '/d2 health')).state).not.toBe('done');
      expect(await d().changes()).toEqual([]);
      await d().reset();
    });
  });

  describe('logs and users in a bad way', () => {
    test('a huge log group: the newest lines, and how far back was looked', async () => {
      d().disturb({ what: 'huge-log-group' });
      const answer = await d().say('omar', '/d2 logs --since 24h --filter needle');
      expect(['done', 'refused']).toContain(answer.state);
      expect(answer.words).toMatch(/searched|back to|looked/i);
    });

    test('a balancer with a certificate: its plain HTTP only redirects, and is not taken for bad health', async () => {
      d().disturb({ what: 'https' });
      const answer = await d().say('omar', '/d2 health');
      expect(answer.words).toContain('is well');
      expect(answer.words).toContain('redirects to https://');
      expect(answer.words).not.toContain('301');
    });

    test('a pool that can’t mail: said so, with the way round it', async () => {
      d().disturb({ what: 'no-mail' });
      const card = await d().say('omar', '/d2 cognito add-user new@example.com');
      d().press('omar', card, card.buttons[0] ?? '');
      const ended = await d().message(card.id, ...finalStates);
      expect(ended.text).toMatch(/but was not mailed/);
      expect(ended.words).toMatch(/email settings/);
    });

    test.each([
      ['empty-log-group', /no (?:line|log|match)|nothing|empty/i],
      ['no-log-group', /group/i],
    ] as const)('%s', async (what, expected) => {
      d().disturb({ what });
      const answer = await d().say('omar', '/d2 logs');
      expect(answer.words).toMatch(expected);
      expect(answer.state).not.toBe('');
    });

    test('an environment with nothing in it: said so', async () => {
      const before = await d().changes();
      d().disturb({ what: 'empty' });
      expect((await d().say('omar', '/d2 status')).words).toMatch(/nothing|no instance|empty/i);
      for (const typed of ['start dev', 'stop dev', 'health', 'pm2 list']) {
        const answer = await d().say('omar', `/d2 ${typed}`);
        expect(['refused', 'failed']).toContain(answer.state);
      }
      expect(await d().changes()).toEqual(before);
    });
  });
}
