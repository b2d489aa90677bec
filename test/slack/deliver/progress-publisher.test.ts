import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, AnswerState } from '../../../src/core/reply/answer.ts';
import { createProgressPublisher } from '../../../src/slack/deliver/progress-publisher.ts';
import type { OperationRecord } from '../../../src/stores/operation-record.ts';
import { type StartedWorkspace, startWorkspace } from '../../sandbox/slack/workspace-app.ts';
import { createWeb, newId, reply } from '../bot.ts';

let place: StartedWorkspace;
let warned: object[] = [];
let called: string[] = [];
beforeAll(async () => {
  place = await startWorkspace();
});
afterAll(() => place?.close());
afterEach(() => place.post('reset', {}));

function start({ everyMs = 20, channels = ['C0OPS'], channelOf = (): string | undefined => 'C0OPS' } = {}) {
  warned = [];
  called = [];
  return createProgressPublisher({
    web: createWeb(place.url, (url, body) => void called.push(`${url} ${body}`)),
    zone: 'Asia/Kuala_Lumpur',
    channels,
    channelOf,
    log: { warn: (fields) => void warned.push(fields) },
    everyMs,
    againMs: 30,
  });
}

const id = newId();
const answer = (title: string, state: AnswerState = 'working'): Answer => ({
  id,
  state,
  reply: reply(title),
});
const operation = (asked: string): OperationRecord => ({
  id,
  command: 'stop',
  args: {},
  env: 'dev',
  lock: { env: 'dev' },
  caller: { id: 'U0OMAR', name: 'omar', surface: 'slack' },
  plan: {},
  fingerprint: '',
  state: 'running',
  steps: [],
  asked,
  intent: false,
  createdAt: 0,
  expiresAt: 0,
  takenOver: 0,
  delivered: false,
  told: [],
  followed: false,
});
const omar = { id: 'U0OMAR', name: 'omar', surface: 'slack' as const, place: 'C0OPS' };
const ada = { id: 'U0ADA', name: 'ada', surface: 'slack' as const, place: 'C0OPS' };
const faults = (...list: object[]) => place.post('faults', list);
const all = () => place.workspace.messages({});
const texts = () => all().map(({ text }) => text);
const edits = (ts: string) => all().find((message) => message.ts === ts)?.edited?.count ?? 0;

describe('an operation’s message', () => {
  it('stands where it was asked, if the bot may post there', async () => {
    expect(await start().open(operation('C0OPS'), answer('stopping'))).toMatchObject({ channel: 'C0OPS' });
    expect(all()).toEqual([expect.objectContaining({ text: 'stopping', channel: 'C0OPS' })]);
  });

  it('stands in its environment’s own channel when asked elsewhere', async () => {
    const progress = start({ channelOf: () => 'C0SHARED' });
    expect(await progress.open(operation('D0OMAR'), answer('x'))).toMatchObject({ channel: 'C0SHARED' });
  });

  it.each([
    ['the bot is not in the channel', 'C0RANDOM', /invite/],
    ['there is no such channel', 'C0NOWHERE', /invite/],
  ])('can’t stand where %s: that refuses the change', async (_, channel, hint) => {
    const progress = start({ channels: [channel] });
    await expect(progress.open(operation(channel), answer('x'))).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringMatching(hint),
    });
  });

  it('can’t stand nowhere: then d2.yaml lacks a channel', async () => {
    const progress = start({ channelOf: () => undefined });
    await expect(progress.open(operation('D0OMAR'), answer('x'))).rejects.toMatchObject({
      hint: 'Give environments.dev.channel in d2.yaml.',
    });
  });

  it('is posted again when Slack’s answer was lost, once: doubled beats lost', async () => {
    await faults({ action: 'slack:chat.postMessage', kind: 'reset', phase: 'after', times: 1 });
    const { ts } = await start().open(operation('C0OPS'), answer('x'));
    expect(all()).toHaveLength(2);
    expect(all().at(-1)?.ts).toBe(ts);
    await faults({ action: 'slack:chat.postMessage', kind: 'reset', phase: 'after' });
    await expect(start().open(operation('C0OPS'), answer('x'))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(all()).toHaveLength(4);
  });

  it('is waited for when Slack asks for patience, and posted once', async () => {
    await faults({ action: 'slack:chat.postMessage', kind: 'throttle', times: 1 });
    await start().open(operation('C0OPS'), answer('x'));
    expect(all()).toHaveLength(1);
  });
});

describe('its edits', () => {
  it('say the newest news, however much there was', async () => {
    const progress = start({ everyMs: 100 });
    const message = await progress.open(operation('C0OPS'), answer('0'));
    for (let news = 1; news <= 50; news += 1) progress.update(message, answer(String(news)));
    await expect.poll(texts).toEqual(['50']);
    expect(edits(message.ts)).toBe(1);
  });

  it('leave room for outcomes, of all messages together', async () => {
    const progress = start({ everyMs: 1 });
    const messages = [
      await progress.open(operation('C0OPS'), answer('a')),
      await progress.open(operation('C0OPS'), answer('b')),
    ];
    const counted = () => messages.reduce((sum, { ts }) => sum + edits(ts), 0);
    const ticking = setInterval(() => {
      for (const message of messages) progress.update(message, answer(`news ${Date.now()}`));
    }, 5);
    await expect.poll(counted).toBe(16);
    for (const message of messages) await progress.close(message, answer('end', 'done'));
    clearInterval(ticking);
    expect(counted()).toBe(18);
  });

  it('that Slack does not take are left to the next', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    await faults({ action: 'slack:chat.update', kind: 'error', times: 1 });
    progress.update(message, answer('1'));
    await expect.poll(() => warned.length).toBe(1);
    progress.update(message, answer('2'));
    await expect.poll(texts).toEqual(['2']);
  });
});

describe('its outcome', () => {
  it('is not held back, and nothing comes after it', async () => {
    const progress = start({ everyMs: 60_000 });
    const message = await progress.open(operation('C0OPS'), answer('0'));
    progress.update(message, answer('1'));
    await progress.close(message, answer('end', 'done'));
    expect(texts()).toEqual(['end']);
    expect(edits(message.ts)).toBe(1);
  });

  it('is not overtaken by an edit that is slow to arrive', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    await faults({ action: 'slack:chat.update', kind: 'slow', delayMs: 400, times: 1 });
    const slow = new Promise<void>((resolve) => {
      const stop = place.workspace.onMessage(({ message: { text } }) => {
        if (text !== '1') return;
        stop();
        resolve();
      });
    });
    progress.update(message, answer('1'));
    await expect.poll(() => called.filter((url) => url.includes('/chat.update ')).length).toBe(1);
    await progress.close(message, answer('end', 'done'));
    await slow;
    expect(texts()).toEqual(['end']);
  });

  it.each(['throttle', 'error', 'reset'])('is told again after a %s, until it stands', async (kind) => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    await faults({ action: 'slack:chat.update', kind, times: 1 });
    await progress.close(message, answer('end', 'done'));
    expect(texts()).toEqual(['end']);
  });

  it('stands in a new message when its own is gone, and so does who is told', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    await createWeb(place.url).chat.delete(message);
    await progress.close(message, answer('end', 'done'));
    await progress.tell({ ...operation('C0OPS'), message }, answer('told', 'done'), [omar]);
    expect(texts()).toEqual(['end', 'told']);
  });

  it('that Slack refuses for good is not taken for delivered', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    await faults({ action: 'slack:chat.update', kind: 'expired' });
    await expect(progress.close(message, answer('end', 'done'))).rejects.toThrow('token_expired');
  });

  it('is told in its thread to who wants to know', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    await progress.tell({ ...operation('C0OPS'), message }, answer('dev is asleep', 'done'), [omar, ada]);
    const told = all().at(-1);
    expect(told).toMatchObject({ thread: message.ts, text: 'dev is asleep' });
    expect(JSON.stringify(told?.blocks)).toMatch(/"user_id":"U0OMAR".*"user_id":"U0ADA"/);
  });
});

describe('what the progress posts', () => {
  it('unfurls nothing', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('https://example.com'));
    await progress.tell({ ...operation('C0OPS'), message }, answer('x', 'done'), []);
    const posts = called.filter((call) => call.includes('/chat.postMessage '));
    expect(posts).toHaveLength(2);
    for (const post of posts) expect(post).toMatch(/unfurl_links=false&unfurl_media=false/);
  });
});

describe('a link to it', () => {
  it('leads there, and is missing where there is none', async () => {
    const progress = start();
    const message = await progress.open(operation('C0OPS'), answer('0'));
    expect(await progress.link(message)).toContain(`/archives/C0OPS/p${message.ts.replace('.', '')}`);
    expect(await progress.link({ channel: 'C0OPS', ts: '1.000000' })).toBeUndefined();
  });
});

describe('an operation of the terminal', () => {
  const message = { channel: 'terminal', ts: '1' };
  const there = { ...operation('terminal'), message };

  it('has no message here', async () => {
    const progress = start();
    progress.update(message, answer('x'));
    await progress.close(message, answer('x'));
    await progress.tell(there, answer('x'), []);
    expect(await progress.link(message)).toBeUndefined();
    expect(all()).toEqual([]);
  });

  it('is told to each where they asked, by name', async () => {
    const channels = ['C0OPS', 'C0SHARED'];
    const people = [omar, { ...ada, place: 'C0SHARED' }];
    await start({ channels }).tell(there, answer('dev is stopped', 'done'), people);
    expect(all().map(({ channel, text, thread }) => [channel, text, thread])).toEqual([
      ['C0OPS', 'dev is stopped', undefined],
      ['C0SHARED', 'dev is stopped', undefined],
    ]);
    const [first, second] = all().map(({ blocks }) => JSON.stringify(blocks));
    expect(first).toContain('"user_id":"U0OMAR"');
    expect(first).not.toContain('U0ADA');
    expect(second).toContain('"user_id":"U0ADA"');
  });

  it.each([
    ['the bot is not there', 'C0RANDOM'],
    ['there is no such channel any more', 'C0GONE'],
  ])('is told to themselves where %s', async (_, place) => {
    await start({ channels: [place] }).tell(there, answer('dev is stopped', 'done'), [{ ...ada, place }]);
    expect(all().map(({ channel, text }) => [channel, text])).toEqual([
      [expect.stringMatching(/^D/), 'dev is stopped'],
    ]);
  });

  it('is told in the environment’s channel to who asked nowhere that is known', async () => {
    const { place: _, ...nowhere } = ada;
    await start().tell(there, answer('dev is stopped', 'done'), [nowhere]);
    expect(all().map(({ channel }) => channel)).toEqual(['C0OPS']);
  });
});
