import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Driver, drive, finalStates } from './driver.ts';

let d: Driver;
beforeAll(async () => {
  d = await drive();
});
afterAll(() => d?.close());

/** The bot dies, another comes, and the lease of the dead one runs out. */
async function crash(): Promise<void> {
  await d.whole.bot().stop('SIGKILL');
  await d.whole.restart();
  await d.turn('2m');
}

const terminals = async (id: string) =>
  (await d.messages()).filter(
    (one) => one.id === id && !one.ephemeral && !one.thread && finalStates.includes(one.state),
  );

describe('the bot killed in the middle', () => {
  test('of stop: the next one takes it over and ends it, nothing doubled', async () => {
    const card = await d.say('omar', '/d2 stop dev');
    await d.faults({ action: 'StopInstances', kind: 'slow', delayMs: 2_000 });
    d.press('omar', card, 'Stop dev');
    await d.until('PM2’s step to be sent', async () => (await d.changes(card.id)).includes('d2-pm2-stop'));
    await crash();
    await d.faults();
    const ended = await d.message(card.id, ...finalStates);
    expect(ended).toMatchObject({ state: 'done', text: expect.stringMatching(/^dev is asleep/) });
    expect(ended.thread).toBeUndefined();
    expect(await d.state('ec2')).toEqual(['stopped', 'stopped']);
    expect(await d.state('rds')).toEqual(['stopped']);
    const changes = await d.changes(card.id);
    expect(changes.filter((one) => one === 'StopInstances')).toHaveLength(1);
    expect(changes.filter((one) => one === 'StopDBInstance')).toHaveLength(1);
    expect(await terminals(card.id)).toHaveLength(1);
    const woken = await d.say('omar', '/d2 start dev');
    expect((await d.message(woken.id, ...finalStates)).state).toBe('done');
  });

  test('of a restart of PM2: it is not restarted twice', async () => {
    const card = await d.say('omar', '/d2 pm2 restart backend-api');
    d.press('omar', card, card.buttons[0] ?? '');
    await d.until('the restart to be sent', async () =>
      (await d.changes(card.id)).includes('d2-pm2-restart'),
    );
    await crash();
    const ended = await d.message(card.id, ...finalStates);
    expect(ended.state).toBe('done');
    expect((await d.changes(card.id)).filter((one) => one === 'd2-pm2-restart')).toHaveLength(1);
    expect(await terminals(card.id)).toHaveLength(1);
  });

  test('before it sent anything: nothing is changed, and that is said', async () => {
    const card = await d.say('omar', '/d2 stop bastion');
    await d.faults({ action: 'PutLogEvents', kind: 'slow', delayMs: 3_000 });
    d.press('omar', card, card.buttons[0] ?? '');
    await d.message(card.id, 'working');
    await crash();
    await d.faults();
    const ended = await d.message(card.id, ...finalStates);
    expect(ended.words).toMatch(/Nothing was changed/);
    expect(await d.changes(card.id)).toEqual([]);
    const again = await d.say('omar', '/d2 stop bastion');
    expect(again.state).toBe('waiting');
  });
});

describe('Slack in trouble', () => {
  test.each([
    ['chat.update', 'throttle'],
    ['chat.update', 'error'],
    ['chat.update', 'reset'],
    ['chat.postMessage', 'throttle'],
    ['chat.postMessage', 'error'],
    ['chat.postMessage', 'reset'],
  ] as const)('%s answers %s for a while: the outcome still arrives, once', async (method, kind) => {
    const card = await d.say('omar', '/d2 pm2 restart backend-api');
    await d.faults({ action: `slack:${method}`, kind, times: 2 });
    d.press('omar', card, card.buttons[0] ?? '');
    // Where a message can't be opened, nothing is begun, and its card says so.
    const ended = await d.until('an end of it', async () =>
      (await d.messages()).find((one) => one.id === card.id && /restarted|Not done/.test(one.text)),
    );
    await d.faults();
    const sent = (await d.changes(card.id)).filter((one) => one === 'd2-pm2-restart');
    expect({ state: ended.state, sent: sent.length }).toEqual(
      /Not done/.test(ended.text) ? { state: 'refused', sent: 0 } : { state: 'done', sent: 1 },
    );
  });

  test('a channel that the bot is not in: refused, with how to invite it', async () => {
    const card = await d.say('omar', '/d2 pm2 restart backend-api');
    await d.faults({ action: 'slack:chat.postMessage', kind: 'deny' });
    const ended = await d.click('omar', card, card.buttons[0] ?? '');
    await d.faults();
    expect(ended.state).toBe('refused');
    expect(ended.words).toMatch(/\/invite/);
    expect(await d.changes(card.id)).toEqual([]);
  });
});
