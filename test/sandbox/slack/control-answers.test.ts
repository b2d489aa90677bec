import type { KnownBlock } from '@slack/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../sandbox/slack/messages.ts';
import type { View } from '../../../sandbox/slack/views.ts';
import { type ControlAnswer, type StartedWorkspace, startApp, startWorkspace } from './workspace-app.ts';

/** Latches by name: a listener waits at one until the test opens it. */
function createLatches() {
  const latches = new Map<string, { opened: Promise<void>; open: () => void }>();
  const latch = (name: string) => {
    const known = latches.get(name);
    if (known) return known;
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const made = { opened, open };
    latches.set(name, made);
    return made;
  };
  return { wait: (name: string) => latch(name).opened, open: (name: string) => latch(name).open() };
}

const block = (id: string, state: string, text: string): KnownBlock => ({
  type: 'section',
  block_id: `d2:${id}:${state}`,
  text: { type: 'plain_text', text },
});
const buttons = (...labels: string[]): KnownBlock => ({
  type: 'actions',
  elements: labels.map((label) => ({
    type: 'button',
    action_id: `go:${label}`,
    text: { type: 'plain_text', text: label },
    value: label,
  })),
});

let place: StartedWorkspace;
let app: Awaited<ReturnType<typeof startApp>>;
let latches = createLatches();
let events: string[] = [];

/** An operation as the bot runs one: a message that works until its latch opens, its end, and a reply in its thread. */
async function operate(client: (typeof app)['app']['client'], id: string) {
  const posted = await client.chat.postMessage({
    channel: 'C0OPS',
    text: 'Working',
    blocks: [block(id, 'working', 'Working')],
  });
  await latches.wait(id);
  const ts = String(posted.ts);
  await client.chat.update({ channel: 'C0OPS', ts, text: 'Done', blocks: [block(id, 'done', 'Done')] });
  await client.chat.postMessage({
    channel: 'C0OPS',
    thread_ts: ts,
    text: 'It is done',
    blocks: [block(id, 'done', 'It is done')],
  });
}

beforeAll(async () => {
  place = await startWorkspace();
  app = await startApp(place.url, (bolt) => {
    bolt.command('/d2', async ({ command, ack, respond, client }) => {
      await ack();
      const [word, id = ''] = command.text.split(' ');
      if (word === 'read') await respond({ text: 'Read', blocks: [block(id, 'done', 'Read')] });
      if (word === 'late') {
        await latches.wait(id);
        await respond({ text: 'Read', blocks: [block(id, 'done', 'Read')] });
      }
      if (word === 'start') await operate(client, id);
      if (word === 'early') {
        const running = operate(client, id);
        await respond({ text: 'Begun', blocks: [block(id, 'done', 'Begun')] });
        await running;
      }
      if (word === 'modal') {
        const title = { type: 'plain_text', text: 'Add' } as const;
        const input: KnownBlock = {
          type: 'input',
          label: { type: 'plain_text', text: 'Email' },
          element: { type: 'plain_text_input', action_id: 'email' },
        };
        await client.views.open({
          trigger_id: command.trigger_id,
          view: { type: 'modal', callback_id: 'add', title, blocks: [input] },
        });
      }
      if (word === 'plan') {
        await respond({ text: 'Plan', blocks: [block(id, 'waiting', 'Plan'), buttons('Confirm', 'Idle')] });
      }
    });
    bolt.action('go:Confirm', async ({ ack, body, respond, client }) => {
      await ack();
      const id = body.type === 'block_actions' ? String(body.actions[0]?.block_id && body.user.name) : '';
      await respond({
        replace_original: true,
        text: 'Confirmed',
        blocks: [block(`op-${id}`, 'working', 'Confirmed')],
      });
      const running = operate(client, `op-${id}`);
      await respond({ delete_original: true });
      await running;
    });
    bolt.action('go:Idle', ({ ack }) => ack());
    bolt.event('app_mention', async ({ event, body }) => {
      events.push(body.event_id);
      await app.app.client.chat.postMessage({
        channel: event.channel,
        thread_ts: event.thread_ts ?? event.ts,
        text: 'Here',
        blocks: [block(body.event_id, 'done', `Answer to ${event.text}`)],
      });
    });
    bolt.view('add', async ({ ack, view }) => {
      const email = Object.values(view.state.values)[0]?.email?.value ?? '';
      await (email.includes('@') ? ack() : ack({ response_action: 'errors', errors: { email: 'No email' } }));
    });
  });
});
afterAll(async () => {
  await app.stop();
  await place.close();
});
beforeEach(async () => {
  await place.post('reset', {});
  latches = createLatches();
  events = [];
});

const say = (user: string, text: string, more = {}) =>
  place.post('say', { user, channel: 'ops', text, ...more });
const texts = ({ body }: { body: ControlAnswer }) => body.messages.map(({ text }) => text);

/** Whether it is still to come after everything that is on its way has had time to arrive. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    promise.then(() => false),
    new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(true), 600);
    }),
  ]);
}

async function see(text: string) {
  await expect
    .poll(async () => (await place.list<Message>('messages')).some((message) => message.text === text))
    .toBe(true);
}

describe('say', () => {
  it('waits for the end of a change, with its reply in the thread', async () => {
    const saying = say('omar', '/d2 start A1');
    expect(await isPending(saying)).toBe(true);
    latches.open('A1');
    const answer = await saying;
    expect(answer.body.finished).toBe(true);
    expect(texts(answer)).toEqual(['Done', 'It is done']);
  });

  it('finds an operation whose message stood there before the answer that names it', async () => {
    const saying = say('omar', '/d2 early A2');
    expect(await isPending(saying)).toBe(true);
    latches.open('A2');
    expect(texts(await saying)).toEqual(
      ['Done', 'Begun', 'It is done'].sort((one) => (one === 'Done' ? -1 : 0)),
    );
  });

  it("is not held up by somebody else's running operation", async () => {
    const long = say('omar', '/d2 early A3');
    await see('Working');
    expect(texts(await say('vera', '/d2 read R3'))).toEqual(['Read']);
    expect(texts(await say('vera', '@d2 status'))).toEqual(['Here']);
    expect(await isPending(long)).toBe(true);
    latches.open('A3');
    expect((await long).body.finished).toBe(true);
  });

  it('counts a card that waits for a click as finished', async () => {
    const answer = await say('omar', '/d2 plan P1');
    expect(answer.body).toMatchObject({ finished: true, messages: [{ text: 'Plan' }] });
  });

  it('counts an opened modal as an answer, and lets it be submitted', async () => {
    expect((await say('omar', '/d2 modal')).body).toEqual({ finished: true, messages: [] });
    const [view] = await place.list<View>('views?user=omar');
    const submit = (email: string) =>
      place.post('submit', { user: 'omar', view: view?.id, values: { email } });
    expect((await submit('nonsense')).body).toEqual({ errors: { email: 'No email' } });
    expect((await submit('a@b.example')).body).toEqual({ errors: {} });
    expect(await place.get('views?user=omar')).toEqual([]);
  });

  it('keeps two mentions in one thread apart', async () => {
    const { said } = (await say('vera', 'look at this')).body;
    const [one, two] = await Promise.all([
      say('vera', '@d2 one', { thread: said.ts }),
      say('omar', '@d2 two', { thread: said.ts }),
    ]);
    expect(one.body.messages).toHaveLength(1);
    expect(two.body.messages).toHaveLength(1);
    expect(one.body.messages).not.toEqual(two.body.messages);
  });
});

describe('a reset', () => {
  it('ends every wait', async () => {
    const saying = say('omar', '/d2 start A9');
    await see('Working');
    await place.post('reset', {});
    expect((await saying).body.finished).toBe(false);
  });
});

describe('concurrent actions', () => {
  it('give a message that names no asker to who got no other answer', async () => {
    const slow = say('vera', '/d2 late R7');
    const long = say('omar', '/d2 start A7');
    await see('Working');
    latches.open('R7');
    expect(texts(await slow)).toEqual(['Read']);
    expect(await isPending(long)).toBe(true);
    latches.open('A7');
    expect(texts(await long)).toEqual(['Done', 'It is done']);
  });
});

describe('click', () => {
  it('waits for the whole of the change that it confirms', async () => {
    const card = await say('omar', '/d2 plan P2');
    const pressing = place.post('click', {
      user: 'omar',
      message: card.body.messages[0]?.ts,
      action: 'confirm',
    });
    expect(await isPending(pressing)).toBe(true);
    latches.open('op-omar');
    const answer = await pressing;
    expect(answer.body.finished).toBe(true);
    expect(texts(answer)).toEqual(['Done', 'It is done']);
  });

  it('does not take an acknowledgement for an answer', async () => {
    const card = await say('omar', '/d2 plan P3');
    const press = place.post('click', { user: 'omar', message: card.body.messages[0]?.ts, action: 'idle' });
    expect(await isPending(press)).toBe(true);
    await place.call('chat.postMessage', {
      channel: 'C0OPS',
      text: 'late',
      blocks: [block('P3', 'done', 'late')],
    });
    expect(texts(await press)).toEqual(['late']);
  });
});
