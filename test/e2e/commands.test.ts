import { EC2Client, ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeBadInput } from './bad-input.ts';
import { type Driver, drive } from './driver.ts';
import { describeOutages } from './outages.ts';
import { describeRoles } from './roles.ts';

let d: Driver;
beforeAll(async () => {
  d = await drive();
});
afterAll(() => d?.close());

describe('bad input', () => describeBadInput(() => d));

describe('looking, from Slack', () => {
  test.each([
    ['/d2 status dev', /backend-api[\s\S]*database[\s\S]*available/],
    ['/d2 health backend-api dev', /through d2-ride-booking-dev-alb/],
    ['/d2 logs', /lines? of backend-api|backend-api · dev/],
    ['/d2 help stop', /stop dev rds/],
    ['/d2', /status/i],
  ])('%s answers its caller alone, done', async (typed, expected) => {
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

describe('roles', () => {
  beforeAll(() => d.reset());
  describeRoles(() => d);
});

describe('what AWS refuses', () => {
  beforeAll(() => d.reset());
  const bastion = () =>
    d.sandbox.world.instances.find(({ tags }) => tags.Name?.endsWith('bastion'))?.id ?? 'none';

  test('an instance with stop protection is on the card with the reason, and alone it is a refusal', async () => {
    const ec2 = new EC2Client({
      region: 'ap-southeast-1',
      endpoint: `${d.sandbox.url}/aws`,
      credentials: { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox-secret-access-key' },
    });
    const protect = (Value: boolean) =>
      ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: bastion(), DisableApiStop: { Value } }));
    await protect(true);
    const alone = await d.say('omar', '/d2 stop bastion');
    expect(alone).toMatchObject({ state: 'refused' });
    expect(alone.words).toMatch(/Nothing of bastion in dev can be stopped[\s\S]*stop protection is on/);
    const card = await d.say('omar', '/d2 stop dev');
    expect(card.words).toMatch(/Not stopped[\s\S]*bastion[\s\S]*stop protection is on/);
    await protect(false);
    expect((await d.say('omar', '/d2 stop bastion')).state).toBe('waiting');
  });

  test('a start for which there is no capacity has failed, and nothing was changed', async () => {
    const card = await d.say('omar', '/d2 stop bastion');
    d.press('omar', card, card.buttons[0] ?? '');
    await d.until('the bastion to be stopped', async () => {
      await d.turn('1m');
      return (await d.messages()).find(({ text }) => /^bastion in dev is asleep/.test(text));
    });
    await d.faults({ action: 'StartInstances', kind: 'capacity' });
    const ended = await d.say('omar', '/d2 start bastion');
    await d.faults();
    const last = await d.until('its end', async () =>
      (await d.messages()).find(({ text }) => /start dev: failed, nothing changed/.test(text)),
    );
    expect(last.words).toMatch(/no capacity[\s\S]*sufficient capacity/);
    expect(await d.changes(ended.id)).toEqual([]);
  });
});

describe('users, from Slack', () => {
  beforeAll(() => d.reset());

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

describe('outages', () => {
  beforeAll(() => d.reset());
  describeOutages(() => d);
});
