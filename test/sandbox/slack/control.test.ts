import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StartedWorkspace, startWorkspace } from './workspace-app.ts';

let place: StartedWorkspace;
beforeAll(async () => {
  place = await startWorkspace();
});
afterAll(() => place.close());
beforeEach(async () => {
  await place.post('reset', {});
});
afterEach(() => place.post('faults', []));

describe('the control API', () => {
  it.each([
    ['say', { user: 'vera', channel: 'ops' }, 400, 'text is missing'],
    ['say', { user: 'vera', channel: 'ops', text: '' }, 400, 'text is empty'],
    ['say', { user: 'nobody', channel: 'ops', text: 'x' }, 404, 'People: vera, omar'],
    ['say', { user: 'vera', channel: 'nowhere', text: 'x' }, 404, 'Channels: ops, random, shared'],
    ['say', { user: 'vera', channel: 'ops', text: 'x', thread: '1.0' }, 404, 'no message 1.0'],
    ['say', { user: 'vera', channel: 'ops', text: 'x', shout: true }, 400, 'shout'],
    ['click', { user: 'vera', message: '1.000000', action: 'stop' }, 404, 'sees no message'],
    ['clock', { advance: 'soon' }, 400, '"5m"'],
    ['clock', { advance: -1 }, 400, '"5m"'],
    ['faults', [{ action: 'x', kind: 'earthquake' }], 400, 'kind must be throttle'],
    ['faults', { action: 'slack:users.info', kind: 'wrong-page' }, 400, 'for AWS only'],
    ['socket', {}, 400, 'disconnect'],
    ['nothing', {}, 404, 'There is no POST nothing'],
  ])('answers %s %j with %i and says what is expected', async (path, body, status, sentence) => {
    const answer = await place.post(path, body);
    expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(sentence) } });
  });

  it('says so when a body is not JSON', async () => {
    const answer = await fetch(`${place.url}/sandbox/say`, { method: 'POST', body: '{' });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'The body is not JSON.' }]);
  });

  it('turns the clock', async () => {
    const before = Date.parse((await place.get('clock')).now);
    const { body } = await place.post('clock', { advance: '1h30m' });
    expect(Date.parse(body.now) - before).toBeGreaterThanOrEqual(5_400_000);
  });

  it("gives Slack's faults to the workspace and the others to the account", async () => {
    await place.post('faults', {
      faults: [
        { action: 'StopInstances', kind: 'throttle' },
        { action: 'slack:auth.test', kind: 'throttle', times: 1 },
      ],
    });
    expect(place.account.faults).toEqual([{ action: 'StopInstances', kind: 'throttle' }]);
    expect((await place.call('auth.test')).status).toBe(429);
    expect((await place.call('auth.test')).status).toBe(200);
  });

  it('can apply a call and lose its reply', async () => {
    const post = () => place.call('chat.postMessage', { channel: 'C0OPS', text: 'once' });
    await place.post('faults', [
      { action: 'slack:chat.postMessage', kind: 'reset', phase: 'after', times: 1 },
    ]);
    await expect(post()).rejects.toThrow();
    expect(await place.get('messages')).toHaveLength(1);
    await place.post('faults', [{ action: 'slack:chat.postMessage', kind: 'error', phase: 'before' }]);
    expect((await post()).status).toBe(500);
    expect(await place.get('messages')).toHaveLength(1);
    await place.post('faults', [{ action: 'slack:chat.postMessage', kind: 'deny' }]);
    expect((await post()).body.error).toBe('not_in_channel');
    await place.post('faults', [
      { action: 'slack:chat.postMessage', kind: 'error', phase: 'body', times: 1 },
    ]);
    await expect(post()).rejects.toThrow();
    expect(await place.get('messages')).toHaveLength(2);
  });

  it('shows each user their own ephemerals', async () => {
    await place.call('chat.postEphemeral', { channel: 'C0OPS', user: 'U0VERA', text: 'psst' });
    expect(await place.get('messages?channel=ops&user=vera')).toHaveLength(1);
    expect(await place.get('messages?channel=ops&user=omar')).toHaveLength(0);
    expect(await place.get('messages?channel=ops')).toHaveLength(1);
  });

  it('tells the page who and what there is', async () => {
    const workspace = await place.get('workspace');
    expect(workspace.users).toContainEqual(expect.objectContaining({ name: 'gus', is_restricted: true }));
    expect(workspace.channels).toContainEqual(
      expect.objectContaining({ id: 'C0SHARED', is_ext_shared: true }),
    );
  });

  it('streams what is said and what changes', async () => {
    const gone = new AbortController();
    const stream = await fetch(`${place.url}/sandbox/events`, { signal: gone.signal });
    let seen = '';
    const read = (async () => {
      for await (const chunk of stream.body ?? []) {
        seen += Buffer.from(chunk).toString();
        if (seen.includes('event: message') && seen.split('event: resources').length === 3) return;
      }
    })();
    await place.post('say', { user: 'vera', channel: 'ops', text: 'hello' });
    place.account.change();
    await read;
    expect(seen).toContain('"text":"hello"');
    gone.abort();
  });
});

describe('the sandbox', () => {
  const ask = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(place.url);
      const sent = request({ host: '127.0.0.1', port, path: '/sandbox/ledger', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });

  it('answers no page of another site, whichever name it came by', async () => {
    const { port } = new URL(place.url);
    expect(await ask({ host: `127.0.0.1:${port}` })).toBe(200);
    expect(await ask({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(200);
    expect(await ask({ host: `rebound.example:${port}` })).toBe(403);
    expect(await ask({ origin: 'https://evil.example' })).toBe(403);
    expect(await ask({ origin: 'null' })).toBe(403);
  });
});
