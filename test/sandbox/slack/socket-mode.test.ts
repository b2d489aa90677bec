import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type StartedWorkspace, startApp, startWorkspace } from './workspace-app.ts';

let place: StartedWorkspace;
let stops: (() => Promise<unknown>)[] = [];
let received: { by: string; event: string; attempt: number | undefined }[] = [];

/** An app that answers commands and mentions with its name. */
async function connect(by: string) {
  const { stop } = await startApp(place.url, (bolt) => {
    bolt.command('/d2', async ({ ack }) => {
      await ack(by);
    });
    bolt.event('app_mention', async ({ event, body, context, client }) => {
      received.push({ by, event: body.event_id, attempt: context.retryNum });
      await client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: by });
    });
  });
  stops.push(stop);
  return stop;
}

beforeEach(async () => {
  place = await startWorkspace();
  stops = [];
  received = [];
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await place.close();
});

async function say(text: string) {
  const { body } = await place.post('say', { user: 'vera', channel: 'ops', text });
  return body.messages.map((message) => message.text);
}
const connections = async () => (await place.get('socket')).connections;

describe('Socket Mode', () => {
  it('says at once that nobody is there', async () => {
    expect(await say('/d2 hello')).toEqual(['/d2 failed with the error "dispatch_failed"']);
  });

  it('delivers again what nobody acknowledged, and says that it does', async () => {
    const saying = say('@d2 hello');
    await expect.poll(() => place.get('messages?channel=ops')).toHaveLength(1);
    await connect('one');
    await place.post('clock', { advance: '61s' });
    expect(await saying).toEqual(['one']);
    expect(received).toEqual([expect.objectContaining({ attempt: 2 })]);
  });

  it('gives each payload to one of several connections', async () => {
    const [, leave] = [await connect('one'), await connect('two')];
    const answers = [...(await say('/d2 a')), ...(await say('/d2 b'))];
    expect(answers.sort()).toEqual(['one', 'two']);
    await leave();
    await expect.poll(connections).toBe(1);
    expect(await say('/d2 c')).toEqual(['one']);
  });

  it('opens ten connections and no eleventh', async () => {
    const open = async () => {
      const { body } = await place.call('apps.connections.open', {}, 'xapp-sandbox-app');
      const socket = new WebSocket(body.url);
      const first = new Promise<string>((resolve) => {
        socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
      });
      stops.push(async () => socket.close());
      return JSON.parse(await first);
    };
    for (let count = 1; count <= 10; count += 1)
      expect(await open()).toMatchObject({ type: 'hello', num_connections: count });
    expect(await open()).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    expect(await connections()).toBe(10);
  });

  it('lets nobody in without a ticket, and each ticket once', async () => {
    const { body } = await place.call('apps.connections.open', {}, 'xapp-sandbox-app');
    const enter = (url: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        stops.push(async () => socket.close());
        for (const type of ['open', 'error'] as const)
          socket.addEventListener(type, () => resolve(type), { once: true });
      });
    expect(await enter(body.url.replace(/ticket=[^&]+/, 'ticket=guess'))).toBe('error');
    expect(await enter(body.url)).toBe('open');
    expect(await enter(body.url)).toBe('error');
  });

  it('can deliver twice', async () => {
    await connect('one');
    await place.post('socket', { duplicate: 1 });
    await say('@d2 hello');
    await expect.poll(() => received.length).toBe(2);
    expect(new Set(received.map(({ event }) => event)).size).toBe(1);
    await say('@d2 again');
    expect(received).toHaveLength(3);
  });

  it('asks its client to come again and waits for it', async () => {
    await connect('one');
    await place.post('socket', { disconnect: true });
    expect(await say('/d2 hello')).toEqual(['one']);
  });
});
