import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createResponseUrl } from '../../../src/slack/deliver/response-url.ts';

const bodies: unknown[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
  const moved = request.url === '/moved';
  response.writeHead(moved ? 307 : 200, moved ? { location: '/elsewhere' } : {}).end('ok');
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  bodies.length = 0;
});

const rendered = { text: 'x', blocks: [] };

describe('a response_url', () => {
  it('is told whom to show it, and to unfurl nothing', async () => {
    const response = createResponseUrl({ url: `${origin}/r`, origins: [origin] });
    expect(await response.send(rendered, { replace: false, thread: '1.0' })).toBe(true);
    expect(await response.send(rendered, { replace: true, thread: '1.0' })).toBe(true);
    const always = { ...rendered, response_type: 'ephemeral', unfurl_links: false, unfurl_media: false };
    expect(bodies).toEqual([
      { ...always, replace_original: false, thread_ts: '1.0' },
      { ...always, replace_original: true },
    ]);
  });

  it.each([
    ['another host', () => origin.replace('127.0.0.1', 'localhost')],
    ['another port', () => 'http://127.0.0.1:9/r'],
    ['a name that only begins like Slack’s', () => 'https://hooks.slack.com.evil.example/r'],
    ['Slack’s host without TLS', () => 'http://hooks.slack.com/r'],
    ['Slack’s name as a user', () => 'https://hooks.slack.com@evil.example/r'],
    ['no address', () => 'nonsense'],
    ['a place that sends on', () => `${origin}/moved`],
  ])('is not followed to %s', async (_, url) => {
    const response = createResponseUrl({ url: url(), origins: [origin, 'https://hooks.slack.com'] });
    expect(await response.send(rendered, { replace: false })).toBe(false);
    expect(bodies.length).toBe(url().endsWith('/moved') ? 1 : 0);
  });

  it('is used five times, and for less than half an hour', async () => {
    let now = 0;
    const open = () => createResponseUrl({ url: `${origin}/r`, origins: [origin], now: () => now });
    const five = open();
    const taken: boolean[] = [];
    for (let use = 0; use < 6; use += 1) taken.push(await five.send(rendered, { replace: false }));
    expect(taken).toEqual([true, true, true, true, true, false]);
    const old = open();
    now = 30 * 60_000;
    expect(await old.send(rendered, { replace: false })).toBe(false);
    expect(bodies).toHaveLength(5);
  });
});
