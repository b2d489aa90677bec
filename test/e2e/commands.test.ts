import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Driver, drive } from './driver.ts';

let d: Driver;
beforeAll(async () => {
  d = await drive();
});
afterAll(() => d?.close());

describe('looking, from Slack', () => {
  const looks: [string, RegExp][] = [
    ['/d2 status', /dev is up and well/],
    ['/d2 status dev', /backend-api[\s\S]*database[\s\S]*available/],
    ['/d2 health', /backend-api is well/],
    ['/d2 health backend-api dev', /through d2-ride-booking-dev-alb/],
    ['/d2 pm2 list', /1 of 1 PM2 process online/],
    ['/d2 pm2 show backend-api', /is online in dev[\s\S]*restarts[\s\S]*pid/],
    ['/d2 logs', /lines? of backend-api|backend-api · dev/],
    ['/d2 logs --from pm2', /backend-api[\s\S]*listening/],
    ['/d2 logs errors 24h', /backend-api · dev/],
    ['/d2 cognito list', /user/i],
    ['/d2 cognito config', /d2-ride-booking-dev/],
    ['/d2 whoami', /operator/],
    ['/d2 help', /status[\s\S]*stop/],
    ['/d2 help stop', /stop dev rds/],
    ['/d2', /status/i],
  ];
  test.each(looks)('%s answers its caller alone, done', async (typed, expected) => {
    const answer = await d.say('omar', typed);
    expect(answer).toMatchObject({ state: 'done', ephemeral: 'U0OMAR' });
    expect(answer.words).toMatch(expected);
  });

  test('none of it changed anything', async () => {
    expect(await d.changes()).toEqual([]);
  });

  test('Details says every instance with its id, and Share makes an answer everybody’s', async () => {
    const answer = await d.say('omar', '/d2 status');
    const details = await d.click('omar', answer, 'Details');
    expect(details.words).toContain('i-080c218b1eb3925ee');
    const shared = await d.click('omar', answer, 'Share');
    expect(shared).toMatchObject({ channel: 'C0OPS', state: 'done' });
    expect(shared.ephemeral).toBeUndefined();
  });

  test('a mention is answered openly in its thread, also a thread’s', async () => {
    const answer = await d.say('vera', '@d2 status');
    expect(answer).toMatchObject({ state: 'done', channel: 'C0OPS' });
    expect(answer.ephemeral).toBeUndefined();
    expect(answer.thread).toBeDefined();
    const again = await d.say('vera', '@d2 health', { thread: answer.thread ?? '' });
    expect(again).toMatchObject({ thread: answer.thread, state: 'done' });
  });

  test('a direct message needs no mention', async () => {
    const answer = await d.say('omar', 'pm2 list', { channel: 'dm' });
    expect(answer).toMatchObject({ state: 'done', text: 'dev: 1 of 1 PM2 process online' });
  });
});

describe('changing, from Slack', () => {
  const processes = [
    ['restart', 'd2-pm2-restart'],
    ['reload', 'd2-pm2-reload'],
    ['stop', 'd2-pm2-stop'],
    ['start', 'd2-pm2-start'],
    ['save', 'd2-pm2-save'],
    ['flush', 'd2-pm2-flush'],
  ] as const;
  test.each(processes)(
    'pm2 %s shows its card, runs %s once, and says how it ended',
    async (verb, document) => {
      const card = await d.say('omar', `/d2 pm2 ${verb} backend-api`);
      const [confirm] = card.buttons;
      const id = card.id;
      if (card.state === 'waiting') await d.click('omar', card, confirm ?? '');
      const ended = await d.message(id, 'done');
      expect(ended.words).toContain('omar');
      expect(await d.changes(id)).toContain(document);
      expect((await d.changes(id)).filter((one) => one === document)).toHaveLength(1);
    },
  );

  test('stop puts the environment to sleep, and start wakes it, each with its inverse', async () => {
    const card = await d.say('omar', '/d2 stop dev');
    expect(card.words).toMatch(/Saves[\s\S]*Still[\s\S]*NAT/);
    await d.click('omar', card, 'Stop dev');
    const asleep = await d.message(card.id, 'done');
    expect(asleep).toMatchObject({ text: expect.stringMatching(/^dev is asleep/) });
    expect(asleep.buttons).toContain('Start dev');
    expect(await d.changes(card.id)).toEqual(['d2-pm2-stop', 'StopInstances', 'StopDBInstance']);
    expect((await d.say('omar', '/d2 stop dev')).text).toMatch(/asleep already/);
    expect((await d.say('omar', '/d2 status')).words).toMatch(/asleep/);

    const woken = await d.say('omar', '/d2 start dev');
    const up = await d.message(woken.id, 'done');
    expect(up.text).toMatch(/^dev is up/);
    expect(up.buttons).toContain('Stop dev');
    expect((await d.say('omar', '/d2 start dev')).text).toMatch(/up already/);
    expect(await d.state('ec2')).toEqual(['running', 'running']);
  });
});

describe('users, from Slack', () => {
  test('add-user has Cognito mail the invitation', async () => {
    const card = await d.say('omar', '/d2 cognito add-user driver.one@example.com --role DRIVER');
    await d.click('omar', card, card.buttons[0] ?? '');
    const ended = await d.message(card.id, 'done');
    expect(ended.words).toMatch(/mailed the invitation/);
    expect(await d.changes(card.id)).toEqual(['AdminCreateUser', 'AdminAddUserToGroup']);
    expect((await d.say('omar', '/d2 cognito show driver.one@example.com')).words).toMatch(/DRIVER/);
    expect((await d.say('omar', '/d2 cognito list driver')).words).toContain('driver.one@example.com');
  });

  test('without mail the password lies in Secrets Manager, and in no message', async () => {
    const card = await d.say('omar', '/d2 cognito add-user rider@example.com --no-email');
    await d.click('omar', card, card.buttons[0] ?? '');
    const ended = await d.message(card.id, 'done');
    const ledger = await d.ledger();
    const secret = ledger.find(({ action, operation }) => action === 'CreateSecret' && operation === card.id);
    expect(secret?.targets[0]).toBeDefined();
    expect(ended.words).toContain(secret?.targets[0]);
    expect(await d.changes(card.id)).toContain('AdminSetUserPassword');
    const everywhere = JSON.stringify([await d.messages(), ledger, d.sandbox.bot().log()]);
    expect(everywhere).not.toMatch(/"?(?:SecretString|Password)"?\s*[:=]\s*\\?"[^"\\[]/);
  });
});
