import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/messages.ts';
import { choice, fewButtons, type Invocation, select } from '../../src/core/reply/actions.ts';
import type { Part } from '../../src/core/reply/parts.ts';
import type { Reply } from '../../src/core/reply/reply.ts';
import { answering, idOf, newId, reply, type Stage, startStage } from './bot.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

const stateOf = (message: Message | undefined) => String(message?.blocks[0]?.block_id).split(':')[2];
const wordsOf = (message: Message | undefined) => JSON.stringify(message?.blocks);
const done = (title: string, more: Partial<Reply> = {}) => ({
  state: 'done' as const,
  reply: reply(title, more),
});

describe('a command', () => {
  it('reaches the dispatcher in plain words and is answered to its caller alone', async () => {
    stage.script = answering(done('well'));
    const [answer, ...more] = await stage.say('omar', '/d2 who @vera in #ops by bob@example.com & <x>');
    expect(stage.heard).toEqual(['omar: who U0VERA in ops by bob@example.com & <x>']);
    expect(more).toEqual([]);
    expect(answer).toMatchObject({ text: 'well', ephemeral: 'U0OMAR', channel: 'C0OPS' });
    expect(stateOf(answer)).toBe('done');
  });

  it('shows what is known so far, then replaces it', async () => {
    stage.script = answering({ state: 'working', reply: reply('asking …') }, done('known'));
    const messages = await stage.say('vera', '/d2 status');
    expect(messages).toEqual([
      expect.objectContaining({ text: 'known', edited: expect.objectContaining({ count: 1 }) }),
    ]);
  });

  it('is acknowledged before anybody is asked anything', async () => {
    stage.script = answering(done('late but there'));
    await stage.place.post('clock', { advance: '2m' });
    await stage.faults({ action: 'slack:users.info', kind: 'slow', delayMs: 3_500, times: 1 });
    // Somebody whom the minute's memory does not hold.
    const messages = await stage.say('amir', '/d2 status');
    expect(messages.map(({ text }) => text)).toEqual(['late but there']);
  });

  it('that finds many before it waits, and a click goes past them all', async () => {
    const operation = newId();
    stage.script = answering({
      state: 'waiting',
      reply: reply('Stop dev?', { actions: [{ kind: 'move', label: 'Stop', move: 'cancel', operation }] }),
    });
    const [card] = await stage.say('omar', '/d2 stop dev');
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    stage.script = async (asked) => {
      if ('line' in asked) await released;
      await answering(done('well'))(asked);
    };
    for (let count = 1; count <= 35; count++) stage.begin('vera', `/d2 status ${count}`);
    await expect.poll(() => stage.heard).toContain('vera: status 32');
    stage.begin('omar', '/d2 whoami');
    await stage.click('omar', card?.ts, 'move:cancel');
    const before = stage.heard.filter((line) => line.startsWith('vera: '));
    expect(stage.heard).toContain('omar moved cancel');
    expect(before).not.toContain('vera: status 33');
    expect(stage.heard).not.toContain('omar: whoami');
    release();
    await expect.poll(() => stage.heard).toContain('vera: status 35');
    // Who asks once waits for one of another's lines, not for all of them.
    expect(stage.heard.slice(-4)).toEqual([
      'vera: status 33',
      'omar: whoami',
      'vera: status 34',
      'vera: status 35',
    ]);
  });

  it('that Slack delivers twice is answered once', async () => {
    stage.script = answering(done('once'));
    await stage.place.post('socket', { duplicate: 1 });
    const messages = await stage.say('vera', '/d2 status');
    expect(messages).toHaveLength(1);
    expect(stage.heard).toHaveLength(1);
  });

  it('that another replica took is left to it', async () => {
    stage.script = answering(done('mine'));
    let first = false;
    stage.stores = {
      ...stage.memory,
      deduplication: {
        async first() {
          const was = first;
          first = true;
          return was;
        },
      },
    };
    stage.begin('vera', '/d2 theirs');
    await stage.say('vera', '/d2 mine');
    expect(stage.heard).toEqual(['vera: mine']);
  });

  it('is answered, and once, while the store is down', async () => {
    stage.script = answering(done('still here'));
    stage.stores = { ...stage.memory, deduplication: { first: () => Promise.reject(new Error('down')) } };
    await stage.place.post('socket', { duplicate: 1 });
    expect(await stage.say('vera', '/d2 status')).toHaveLength(1);
    expect(stage.heard).toHaveLength(1);
  });

  it('is answered while the store says nothing', async () => {
    stage.script = answering(done('still here'));
    stage.stores = { ...stage.memory, deduplication: { first: () => new Promise(() => undefined) } };
    expect(await stage.say('vera', '/d2 status')).toHaveLength(1);
  });

  it('whose dispatcher breaks down gets a reference, and the log the rest', async () => {
    stage.script = () => Promise.reject(new Error('a bug'));
    const [answer] = await stage.say('vera', '/d2 status');
    expect(stateOf(answer)).toBe('failed');
    expect(wordsOf(answer)).not.toContain('a bug');
    expect(stage.logged.join()).toContain('a bug');
  });
});

describe('an answer is not lost', () => {
  beforeEach(() => {
    stage.script = answering({ state: 'working', reply: reply('asking …') }, done('here all the same'));
  });

  it('when its response_url is not taken: it is posted to its caller alone, without what was interim', async () => {
    await stage.faults({ action: 'slack:response_url', kind: 'expired' });
    const messages = await stage.say('vera', '/d2 status');
    expect(messages).toEqual([
      expect.objectContaining({ text: 'here all the same', ephemeral: 'U0VERA', channel: 'C0OPS' }),
    ]);
  });

  it('when neither is that: it comes as a direct message', async () => {
    await stage.faults(
      { action: 'slack:response_url', kind: 'expired' },
      { action: 'slack:chat.postEphemeral', kind: 'deny' },
    );
    stage.begin('vera', '/d2 status');
    await expect
      .poll(() => stage.place.workspace.messages({ channel: 'D0VERA' }).map(({ text }) => text))
      .toEqual(['here all the same']);
  });

  it('when Slack asks for patience', async () => {
    await stage.faults(
      { action: 'slack:response_url', kind: 'throttle' },
      { action: 'slack:chat.postEphemeral', kind: 'throttle', times: 2 },
    );
    expect(await stage.say('vera', '/d2 status')).toHaveLength(1);
  });

  it('when Slack stumbles once, openly and alone', async () => {
    await stage.faults(
      { action: 'slack:response_url', kind: 'error' },
      { action: 'slack:chat.postEphemeral', kind: 'error', times: 1 },
      { action: 'slack:chat.postMessage', kind: 'reset', times: 1 },
      { action: 'slack:chat.update', kind: 'error', times: 1 },
    );
    expect(await stage.say('vera', '/d2 status')).toHaveLength(1);
    stage.script = answering(
      { state: 'working', reply: reply('asking …'), private: false },
      { ...done('openly'), private: false },
    );
    expect((await stage.say('vera', '@d2 status')).map(({ text }) => text)).toEqual(['openly']);
  });

  it('when the open message is deleted before it is finished', async () => {
    stage.script = async (asked) => {
      const { responder } = asked;
      await responder.answer({
        id: idOf(asked),
        state: 'working',
        reply: reply('asking …'),
        private: false,
      });
      const [working] = stage.place.workspace.messages({ channel: 'C0OPS' }).slice(-1);
      await stage.web.chat.delete({ channel: 'C0OPS', ts: working?.ts ?? '' });
      await responder.answer({ id: idOf(asked), ...done('anew'), private: false });
    };
    stage.begin('vera', '@d2 status');
    await expect
      .poll(() =>
        stage.place.workspace
          .messages({ channel: 'C0OPS' })
          .map(({ text }) => text)
          .slice(-1),
      )
      .toEqual(['anew']);
  });
});

describe('whatever is posted', () => {
  it('unfurls nothing', () => {
    expect(stage.posted.length).toBeGreaterThan(5);
    for (const body of stage.posted) expect(body).toMatch(/unfurl_links=false&unfurl_media=false/);
  });
});

describe('who may not', () => {
  it.each([
    ['gus', 'ops', /guests may not/],
    ['vera', 'random', /channel is not one of the bot’s.*C0RANDOM/],
    ['vera', 'shared', /shared with others/],
  ])('%s in %s is refused, told why, and not heard', async (user, channel, why) => {
    const [answer] = await stage.say(user, '/d2 stop dev', { channel });
    expect(stateOf(answer)).toBe('refused');
    expect(wordsOf(answer)).toMatch(why);
    expect(answer?.ephemeral).toBeDefined();
    expect(stage.heard).toEqual([]);
  });

  it('somebody of another team is dropped without a word when the payload says so', async () => {
    stage.script = answering(done('well'));
    stage.begin('zoe', '/d2 stop dev', 'shared');
    await stage.say('vera', '/d2 status');
    expect(stage.heard).toEqual(['vera: status']);
    expect(stage.place.workspace.messages({}).filter(({ ephemeral }) => ephemeral === 'U0ZOE')).toEqual([]);
    expect(stage.logged).toContain('a delivery of another app or team, or of nobody, was dropped');
  });

  it('a guest’s mention is refused to the guest alone', async () => {
    const [answer] = await stage.say('gus', '@d2 status');
    expect([stateOf(answer), answer?.ephemeral]).toEqual(['refused', 'U0GUS']);
    expect(stage.heard).toEqual([]);
  });

  it('nobody is let in while Slack does not say who they are', async () => {
    await stage.faults({ action: 'slack:users.info', kind: 'error' });
    const [card] = await stage.say('ada', '/d2 status');
    expect(wordsOf(card)).toMatch(/could not be looked up/);
    expect(stage.heard).toEqual([]);
  });

  it('a click is looked at anew, and a refusal leaves the card', async () => {
    const operation = newId();
    stage.script = answering({
      state: 'waiting',
      reply: reply('Stop dev?', {
        actions: [{ kind: 'move', label: 'Stop dev', move: 'confirm', operation }],
      }),
    });
    const [card] = await stage.say('omar', '/d2 stop dev');
    await stage.faults({ action: 'slack:users.info', kind: 'error' });
    const [refusal] = (await stage.click('omar', card?.ts, 'move:confirm')).filter(
      ({ ts }) => ts !== card?.ts,
    );
    expect(wordsOf(refusal)).toMatch(/could not be looked up/);
    expect(stage.heard).toEqual(['omar: stop dev']);
    await stage.faults();
    stage.script = answering(done('going'));
    const after = await stage.click('omar', card?.ts, 'move:confirm');
    expect(after.map(({ ts, text }) => [ts, text])).toContainEqual([card?.ts, 'going']);
    expect(stage.heard).toContain('omar moved confirm');
  });
});

describe('Details and Share', () => {
  const invocation: Invocation = { command: 'status', args: { env: 'dev' } };
  const status = (title = 'dev is up') => ({
    ...done(title, {
      parts: [
        {
          kind: 'facts' as const,
          facts: [
            { label: 'last', value: [{ kind: 'time' as const, at: new Date(0), as: 'both' as const }] },
          ],
        },
      ],
      details: [{ kind: 'text' as const, text: 'the instances' }],
    }),
    shareable: true,
    private: false,
    invocation,
  });

  it('swap the caller’s own message for the whole and back, without asking again', async () => {
    stage.script = answering(status());
    const [answer] = await stage.say('vera', '/d2 status');
    expect(wordsOf(answer)).not.toContain('the instances');
    const [full] = await stage.click('vera', answer?.ts, 'Details');
    expect([full?.ts, wordsOf(full)]).toEqual([answer?.ts, expect.stringContaining('the instances')]);
    const [less] = await stage.click('vera', answer?.ts, 'Less');
    expect([less?.ts, wordsOf(less)]).toEqual([answer?.ts, expect.not.stringContaining('the instances')]);
    expect(stage.heard).toHaveLength(1);
  });

  it('show the channel what the caller was shown, and by whom', async () => {
    stage.script = answering(status());
    const [answer] = await stage.say('vera', '/d2 status');
    const shared = (await stage.click('vera', answer?.ts, 'Share')).find(({ ephemeral }) => !ephemeral);
    expect(shared).toMatchObject({ channel: 'C0OPS', text: 'dev is up' });
    expect(wordsOf(shared)).toContain('Shared by vera');
    expect(wordsOf(shared)).not.toContain('"button"');
    expect(stage.heard).toHaveLength(1);
  });

  it('of what is not kept any more ask anew and say so', async () => {
    stage.script = answering(status());
    const [answer] = await stage.say('vera', '/d2 status');
    stage.memory.forget();
    stage.script = answering(status('dev is asleep'));
    const [anew] = await stage.click('vera', answer?.ts, 'Details');
    expect(stage.heard[1]).toBe(`vera pressed ${JSON.stringify(invocation)}`);
    expect(anew?.text).toBe('dev is asleep');
    expect(wordsOf(anew)).toContain('the instances');
    expect(wordsOf(anew)).toContain('not kept any more; this is a new one');
  });

  it('on somebody else’s open answer are authorised as if typed, and leave it as it is', async () => {
    stage.script = answering(status());
    const [open] = await stage.say('vera', '@d2 status');
    expect(wordsOf(open)).not.toContain('Share');
    const mine = (await stage.click('omar', open?.ts, 'Details')).find(
      ({ ephemeral }) => ephemeral === 'U0OMAR',
    );
    expect(stage.heard[1]).toBe(`omar pressed ${JSON.stringify(invocation)}`);
    expect(wordsOf(mine)).toContain('the instances');
    const [still] = stage.place.workspace.messages({ channel: 'C0OPS' }).filter(({ ts }) => ts === open?.ts);
    expect(wordsOf(still)).not.toContain('the instances');
  });

  it('stand only where the declaration lets the caller share, and where something is kept', async () => {
    stage.script = answering({ ...status(), shareable: false });
    expect(wordsOf((await stage.say('vera', '/d2 status'))[0])).not.toContain('Share');
    stage.script = answering(status());
    const { replies } = stage.memory;
    stage.stores = {
      ...stage.memory,
      replies: { ...replies, keep: () => Promise.reject(new Error('down')) },
    };
    const [bare] = await stage.say('vera', '/d2 status');
    expect(bare?.text).toBe('dev is up');
    expect(wordsOf(bare)).not.toMatch(/Details|Share/);
  });

  it('are not waited for while the table is silent, and come back with it', async () => {
    stage.script = answering(status(), status(), status(), status(), status());
    let isSilent = true;
    const waiting: (() => void)[] = [];
    const { replies } = stage.memory;
    stage.stores = {
      ...stage.memory,
      replies: {
        ...replies,
        async keep(id, json) {
          if (isSilent) await new Promise<void>((resolve) => waiting.push(resolve));
          await replies.keep(id, json);
        },
      },
    };
    const asked = async () => wordsOf((await stage.say('vera', '/d2 status'))[0]);
    for (let reader = 0; reader < 3; reader++) expect(await asked()).not.toMatch(/Details|Share/);
    // Only the first was waited for, and nobody else's answer was even tried to be kept.
    expect(waiting).toHaveLength(1);
    isSilent = false;
    for (const resolve of waiting) resolve();
    expect(await asked()).toMatch(/Details/);
  });

  it('say where the bot can’t post, and take nothing away', async () => {
    stage.script = answering(status());
    const [answer] = await stage.say('vera', '/d2 status');
    await stage.faults({ action: 'slack:chat.postMessage', kind: 'deny' });
    const messages = await stage.click('vera', answer?.ts, 'Share');
    expect(messages.map((each) => wordsOf(each)).join()).toMatch(/can’t post in this channel.*invite/);
    expect(stage.place.workspace.messages({}).map(({ text }) => text)).toContain('dev is up');
  });
});

describe('a mention', () => {
  it('is answered in its thread: openly what everybody may look at', async () => {
    stage.script = answering(
      { state: 'working', reply: reply('asking …'), private: false },
      { ...done('up'), private: false },
    );
    const { body } = await stage.place.post('say', { user: 'vera', channel: 'ops', text: '@d2 status dev' });
    expect(stage.heard).toEqual(['vera: status dev']);
    expect(body.messages).toHaveLength(1);
    expect(body.messages[0]).toMatchObject({ text: 'up', thread: body.said.ts });
    expect(body.messages[0]?.ephemeral).toBeUndefined();
  });

  it.each([
    ['what is for operators', { ...done('secret'), private: true }],
    ['a card that waits', { state: 'waiting' as const, reply: reply('Stop dev?') }],
    ['a refusal', { state: 'refused' as const, reply: reply('Not done') }],
  ])('is answered to its caller alone, without what is interim: %s', async (_, answer) => {
    stage.script = answering({ ...answer, state: 'working' }, answer);
    const messages = await stage.say('omar', '@d2 anything');
    expect(messages.map(({ ephemeral }) => ephemeral)).toEqual(['U0OMAR']);
    expect(messages[0]?.thread).toBeDefined();
  });

  it('that began openly ends openly', async () => {
    stage.script = answering(
      { state: 'working', reply: reply('asking …'), private: false },
      { state: 'failed', reply: reply('AWS did not answer') },
    );
    expect((await stage.say('vera', '@d2 status')).map(({ text }) => text)).toEqual(['AWS did not answer']);
  });

  it('that Slack delivers twice is answered once', async () => {
    stage.script = answering({ ...done('up'), private: false });
    await stage.place.post('socket', { duplicate: 1 });
    await stage.say('vera', '@d2 status');
    expect(stage.heard).toHaveLength(1);
  });
});

describe('a direct message', () => {
  it('is heard without mention or slash, answered there, and the bot does not hear itself', async () => {
    stage.script = answering({ state: 'working', reply: reply('asking …') }, done('just us'));
    const messages = await stage.say('vera', 'status', { channel: 'dm' });
    expect(messages.map(({ channel, text }) => [channel, text])).toEqual([['D0VERA', 'just us']]);
    await stage.say('vera', '/d2 health', { channel: 'dm' });
    expect(stage.heard).toEqual(['vera: status', 'vera: health']);
  });
});

describe('a button', () => {
  const invocation: Invocation = { command: 'logs', args: { env: 'dev', lines: 50 } };

  it('runs its invocation once, also when Slack delivers it twice', async () => {
    stage.script = answering(done('x', { actions: [{ kind: 'invoke', label: 'Logs', invocation }] }));
    const [answer] = await stage.say('vera', '/d2 status');
    await stage.place.post('socket', { duplicate: 1 });
    await stage.click('vera', answer?.ts, 'Logs');
    expect(stage.heard.slice(1)).toEqual([`vera pressed ${JSON.stringify(invocation)}`]);
  });

  it('on a message that others see is answered beside it, to the presser alone', async () => {
    stage.script = answering({
      ...done('open', { actions: [{ kind: 'invoke', label: 'Logs', invocation }] }),
      private: false,
    });
    const [open] = await stage.say('vera', '@d2 status');
    stage.script = answering(done('lines'));
    const mine = (await stage.click('omar', open?.ts, 'Logs')).find(({ text }) => text === 'lines');
    expect([mine?.ephemeral, mine?.thread]).toEqual(['U0OMAR', open?.thread]);
    expect(stage.place.workspace.messages({}).map(({ text }) => text)).toContain('open');
  });

  it('that the bot does not know says so', async () => {
    await stage.web.chat.postMessage({
      channel: 'C0OPS',
      text: 'old',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'stop:everything',
              text: { type: 'plain_text', text: 'Stop' },
              value: '{}',
            },
          ],
        },
      ],
    });
    const old = stage.place.workspace.messages({ channel: 'C0OPS' }).at(-1);
    const answer = (await stage.click('vera', old?.ts, 'Stop')).find(({ ephemeral }) => ephemeral);
    expect(wordsOf(answer)).toContain('says nothing that the bot knows');
    expect(stage.heard).toEqual([]);
  });

  it('that somebody forged under the bot’s name carries no command into a move', async () => {
    const value = JSON.stringify({ command: 'stop', args: { env: 'dev' } });
    await stage.web.chat.postMessage({
      channel: 'C0OPS',
      text: 'forged',
      blocks: [
        {
          type: 'actions',
          elements: [
            { type: 'button', action_id: 'move:confirm', text: { type: 'plain_text', text: 'Yes' }, value },
          ],
        },
      ],
    });
    const forged = stage.place.workspace.messages({ channel: 'C0OPS' }).at(-1);
    await stage.click('omar', forged?.ts, 'Yes');
    expect(stage.heard).toEqual([]);
  });
});

describe('a bot that is configured under another name', () => {
  it('says what it listens to', async () => {
    const other = await startStage({ command: '/ops' });
    const [answer] = await other.say('vera', '/d2 status');
    expect(wordsOf(answer)).toContain('listens to /ops, not to /d2');
    await other.close();
  });
});

describe('an answer with a list', () => {
  it('runs what was chosen, as if it had been typed', async () => {
    const choices = ['backend-api', 'web-driver'].map((service) => choice(service, 'pm2 show', { service }));
    const menu = fewButtons(['one', 'two', 'three', 'four', 'five', 'six'].map((name) => choice(name, name)));
    stage.script = answering(done('which', { actions: [...select('Show', choices), ...menu] }));
    const [answer] = await stage.say('omar', '/d2 pm2 list');
    await stage.click('omar', answer?.ts, 'web-driver');
    await stage.click('omar', answer?.ts, 'six');
    expect(stage.heard.slice(1)).toEqual([
      'omar pressed {"command":"pm2 show","args":{"service":"web-driver"}}',
      'omar pressed {"command":"six","args":{}}',
    ]);
  });
});

describe('an answer with files', () => {
  const parts: Part[] = [
    { kind: 'file', name: 'backend-api.log', type: 'text/plain', content: 'first line\nlast line' },
    { kind: 'image', alt: 'CPU', name: 'cpu.png', width: 1, height: 1, png: new Uint8Array([137, 80]) },
    { kind: 'file', name: 'none.log', type: 'text/plain', content: '' },
  ];
  const inDirectMessage = () =>
    stage.place.workspace.messages({ channel: 'D0OMAR' }).filter(({ files }) => files !== undefined);

  it('sends them to the caller’s direct message and says so', async () => {
    stage.script = answering(done('the log', { parts }));
    const [answer] = await stage.say('omar', '/d2 logs');
    expect(answer).toMatchObject({ ephemeral: 'U0OMAR', channel: 'C0OPS' });
    expect(wordsOf(answer)).toContain('backend-api.log is in your direct messages');
    expect(wordsOf(answer)).toContain('none.log is empty');
    const [sent] = inDirectMessage();
    expect(sent?.files).toMatchObject([
      { name: 'backend-api.log', size: 20 },
      { name: 'cpu.png', title: 'CPU', size: 2 },
    ]);
    const stored = await fetch(`${stage.place.url}/slack/upload/${sent?.files?.[0]?.id}`);
    expect(await stored.text()).toBe('first line\nlast line');
    // Nobody else sees them, wherever it was asked.
    const withFiles = stage.place.workspace.messages({}).filter(({ files }) => files !== undefined);
    expect(withFiles.map(({ channel }) => channel)).toEqual(['D0OMAR']);
  });

  it('cuts them into the answer where the bot may not send files, saying why', async () => {
    stage.script = answering(done('the log', { parts }));
    await stage.faults({ action: 'slack:files.getUploadURLExternal', kind: 'deny', times: 2 });
    const [answer] = await stage.say('omar', '/d2 logs');
    expect(wordsOf(answer)).toContain(
      'backend-api.log could not be sent as a file: the bot lacks the scope files:write',
    );
    expect(wordsOf(answer)).toContain('last line');
    expect(inDirectMessage()).toEqual([]);
  });

  it('sends none while it is not complete', async () => {
    stage.script = answering({ state: 'working', reply: reply('asking …', { parts }) }, done('known'));
    await stage.say('omar', '/d2 logs');
    expect(inDirectMessage()).toEqual([]);
  });
});
