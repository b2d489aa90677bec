import type { KnownBlock } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StartedWorkspace, startApp, startWorkspace } from './workspace-app.ts';

const block = (id: string, text: string, ...more: KnownBlock[]): KnownBlock[] => [
  { type: 'section', block_id: id, text: { type: 'plain_text', text } },
  ...more,
];
const buttons = (...labels: string[]): KnownBlock => ({
  type: 'actions',
  elements: labels.map((label) => ({
    type: 'button',
    action_id: `press:${label.toLowerCase()}`,
    text: { type: 'plain_text', text: label },
    value: label,
  })),
});

let place: StartedWorkspace;
let app: Awaited<ReturnType<typeof startApp>>;
const received: Record<string, unknown>[] = [];
const refused: number[] = [];
const events: Record<string, unknown>[] = [];

beforeAll(async () => {
  place = await startWorkspace();
  app = await startApp(place.url, (bolt) => {
    bolt.command('/d2', async ({ command, ack, respond }) => {
      received.push({ ...command });
      if (command.text === 'silence') return;
      if (command.text === 'ack text') return ack('In the acknowledgement');
      await ack();
      if (command.text === 'six times') {
        for (let time = 1; time <= 6; time += 1)
          await respond(`Time ${time}`).catch(() => refused.push(time));
      } else if (command.text === 'replace') {
        await respond({ text: 'asking …', blocks: block('d2:R1:working', 'asking …') });
        await respond({ text: 'known', blocks: block('d2:R1:done', 'known'), replace_original: true });
      } else if (command.text === 'buttons') {
        await respond({ text: 'Choose', blocks: block('d2:B1:waiting', 'Choose', buttons('Stop', 'Keep')) });
      } else if (command.text === 'openly') {
        await respond({ text: 'For all', response_type: 'in_channel' });
      } else {
        await respond(`You said ${command.text}`);
      }
    });
    bolt.action(/^press:/, async ({ body, ack, respond, action }) => {
      received.push({ ...body });
      await ack();
      if (action.type !== 'button') return;
      if (action.value === 'Keep') await respond({ delete_original: true });
      else await respond({ text: 'Stopped', blocks: block('d2:B1:done', 'Stopped'), replace_original: true });
    });
    bolt.event('app_mention', async ({ event, body, say }) => {
      events.push({ ...body });
      await say({
        text: 'Here',
        thread_ts: event.thread_ts ?? event.ts,
        blocks: block(`d2:${event.ts}:done`, 'Here'),
      });
    });
    bolt.message(async ({ message, body, say }) => {
      events.push({ ...body });
      if (message.subtype === undefined)
        await say({ text: 'Just us', blocks: block(`d2:${message.ts}:done`, 'Just us') });
    });
  });
});
afterAll(async () => {
  await app.stop();
  await place.close();
});
beforeEach(async () => {
  await place.post('reset', {});
  received.length = 0;
  events.length = 0;
});

const say = (text: string, more: Record<string, string> = {}) =>
  place.post('say', { user: 'vera', channel: 'ops', text, ...more });

describe('a slash command', () => {
  it('reaches the app with every field of Slack and is answered to its caller alone', async () => {
    const { body } = await say('/d2 status dev');
    expect(received).toEqual([
      expect.objectContaining({
        command: '/d2',
        text: 'status dev',
        team_id: 'T0D2OPS',
        team_domain: 'd2-ops',
        channel_id: 'C0OPS',
        channel_name: 'ops',
        user_id: 'U0VERA',
        user_name: 'vera',
        api_app_id: 'A0D2CHATOPS',
        is_enterprise_install: 'false',
        response_url: expect.stringContaining(`${place.url}/slack/respond/`),
        trigger_id: expect.any(String),
      }),
    ]);
    expect(body).toEqual({
      finished: true,
      messages: [
        expect.objectContaining({ text: 'You said status dev', ephemeral: 'U0VERA', user: 'U0D2BOT' }),
      ],
    });
    expect(await place.get('messages?channel=ops&user=omar')).toEqual([]);
  });

  it('carries people, channels, links and special characters as Slack escapes them', async () => {
    await say('/d2 who @omar in #ops by bob@example.com & <others>');
    expect(received[0]?.text).toBe(
      'who <@U0OMAR|omar> in <#C0OPS|ops> by <mailto:bob@example.com|bob@example.com> &amp; &lt;others&gt;',
    );
  });

  it('tells its caller when nobody acknowledged within three seconds', async () => {
    const { body } = await say('/d2 silence');
    expect(body.finished).toBe(true);
    expect(body.messages).toEqual([
      expect.objectContaining({ user: 'USLACKBOT', text: '/d2 failed with the error "operation_timeout"' }),
    ]);
  });

  it('may be answered in the acknowledgement', async () => {
    const { body } = await say('/d2 ack text');
    expect(body.messages).toEqual([
      expect.objectContaining({ text: 'In the acknowledgement', ephemeral: 'U0VERA' }),
    ]);
  });

  it('may be answered openly', async () => {
    const { body } = await say('/d2 openly');
    expect(body.messages[0]).not.toHaveProperty('ephemeral');
  });

  it('replaces the message that its response_url posted before', async () => {
    const { body } = await say('/d2 replace');
    expect(body.finished).toBe(true);
    expect(body.messages).toEqual([
      expect.objectContaining({ text: 'known', edited: expect.objectContaining({ count: 1 }) }),
    ]);
  });

  it('can be answered five times and no sixth', async () => {
    const { body } = await say('/d2 six times');
    expect(body.messages.map(({ text }) => text)).toEqual(['Time 1', 'Time 2', 'Time 3', 'Time 4', 'Time 5']);
    expect(refused).toEqual([6]);
    const url = String(received[0]?.response_url);
    const answer = await fetch(url, {
      method: 'POST',
      body: '{"text":"again"}',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, await answer.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
  });

  it('can be answered for half an hour', async () => {
    await say('/d2 hello');
    await place.post('clock', { advance: '31m' });
    const answer = await fetch(String(received[0]?.response_url), {
      method: 'POST',
      body: '{"text":"late"}',
    });
    expect(await answer.json()).toEqual({ ok: false, error: 'expired_url' });
  });

  it('does not exist in threads, nor under another name', async () => {
    const { body } = await say('hello');
    expect(await say('/d2 status', { thread: body.said.ts })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('/d2 is not supported in threads') },
    });
    const other = await say('/d3 status');
    expect(other.body.messages[0]?.text).toContain('`/d3` is not a valid command');
    expect(received).toEqual([]);
  });

  it("carries a stranger's own team", async () => {
    await say('/d2 status', { user: 'zoe', channel: 'shared' });
    expect(received[0]).toMatchObject({ team_id: 'T0OTHER', user_id: 'U0ZOE' });
  });
});

describe('a button', () => {
  it('on an ephemeral message replaces it through the response_url', async () => {
    const { body } = await say('/d2 buttons');
    const ts = body.messages[0]?.ts;
    const pressed = await place.post('click', { user: 'vera', message: ts, action: 'stop' });
    expect(pressed.body).toMatchObject({
      finished: true,
      messages: [{ ts, text: 'Stopped', ephemeral: 'U0VERA' }],
    });
    expect(received[1]).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0VERA', username: 'vera', name: 'vera', team_id: 'T0D2OPS' },
      team: { id: 'T0D2OPS', domain: 'd2-ops' },
      enterprise: null,
      is_enterprise_install: false,
      api_app_id: 'A0D2CHATOPS',
      container: { type: 'message', message_ts: ts, channel_id: 'C0OPS', is_ephemeral: true },
      channel: { id: 'C0OPS', name: 'ops' },
      actions: [{ type: 'button', action_id: 'press:stop', value: 'Stop' }],
    });
    expect(received[1]).not.toHaveProperty('message');
  });

  it('can take its message away', async () => {
    const { body } = await say('/d2 buttons');
    const pressed = await place.post('click', {
      user: 'vera',
      message: body.messages[0]?.ts,
      action: 'KEEP',
    });
    expect(pressed.body).toEqual({ finished: true, messages: [] });
    expect(await place.get('messages?channel=ops')).toEqual([]);
  });

  it('of an ephemeral message can be pressed only by who sees it, and only if it is there', async () => {
    const { body } = await say('/d2 buttons');
    const ts = body.messages[0]?.ts;
    expect((await place.post('click', { user: 'omar', message: ts, action: 'stop' })).status).toBe(404);
    expect(await place.post('click', { user: 'vera', message: ts, action: 'explode' })).toMatchObject({
      status: 404,
      body: {
        error: expect.stringContaining('"Stop", "Keep"'),
        buttons: [{ label: 'Stop' }, { label: 'Keep' }],
      },
    });
  });
});

describe('a mention', () => {
  it('is answered in its thread', async () => {
    const { body } = await say('@d2 status', { user: 'omar' });
    expect(body).toMatchObject({ finished: true, messages: [{ text: 'Here', thread: body.said.ts }] });
    expect(events[0]).toMatchObject({
      type: 'event_callback',
      event_id: expect.stringMatching(/^Ev/),
      event: {
        type: 'app_mention',
        text: '<@U0D2BOT> status',
        user: 'U0OMAR',
        channel: 'C0OPS',
        ts: body.said.ts,
      },
    });
    const inThread = await say('<@U0D2BOT> logs', { user: 'omar', thread: body.said.ts });
    expect(inThread.body).toMatchObject({ finished: true, messages: [{ thread: body.said.ts }] });
  });

  it('where the app is not a member reaches nobody', async () => {
    const { body } = await say('@d2 status', { channel: 'random' });
    expect(body.messages[0]?.text).toContain("they're not in this channel");
    expect(events).toEqual([]);
  });
});

describe('a direct message', () => {
  it('is heard without a mention, and the app hears itself', async () => {
    const { body } = await say('status', { channel: 'dm' });
    expect(body).toMatchObject({ finished: true, messages: [{ text: 'Just us', channel: 'D0VERA' }] });
    expect(events).toEqual([
      expect.objectContaining({ event: expect.objectContaining({ channel_type: 'im' }) }),
    ]);
  });

  it('that is plain talk in a channel is heard by nobody', async () => {
    const { body } = await say('good morning');
    expect(body).toMatchObject({ finished: true, messages: [], said: { text: 'good morning' } });
    expect(events).toEqual([]);
  });
});
