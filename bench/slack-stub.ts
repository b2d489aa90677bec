import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { team } from '../sandbox/slack/directory.ts';

/** When what happened to one command, in ms since it was sent. */
export interface Sent {
  acked: Promise<number>;
  /** The first answer, whole or not. */
  first: Promise<number>;
  whole: Promise<number>;
}

export interface SlackStub {
  url: string;
  /** Resolves at the next connection of an app. */
  connected(): Promise<void>;
  send(text: string): Sent;
  close(): Promise<void>;
}

const vera = { id: 'U0VERA', name: 'vera', team_id: team.id };
const member = { deleted: false, is_bot: false, is_restricted: false, is_ultra_restricted: false };
const unshared = { is_ext_shared: false, is_pending_ext_shared: false, is_org_shared: false };
const methods: Record<string, object> = {
  'auth.test': { user_id: 'U0D2BOT', team_id: team.id, bot_id: 'B0D2BOT' },
  'users.info': { user: { ...vera, ...member } },
  'conversations.info': { channel: { id: 'C0OPS', ...unshared } },
  'usergroups.users.list': { users: ['U0OMAR'] },
};

/** As little of Slack as an app needs to be sent commands and to answer them: no rules, no waiting. */
export async function startSlackStub(): Promise<SlackStub> {
  const waiting = new Map<string, { acked(): void; answered(isWhole: boolean): void }>();
  let socket: WebSocket | undefined;
  let onConnected: () => void = () => undefined;
  let count = 0;

  async function answer(request: IncomingMessage): Promise<object> {
    const body = await readText(request);
    const path = request.url ?? '';
    const [, id] = /\/respond\/(.+)$/.exec(path) ?? [];
    if (id !== undefined) {
      waiting.get(id)?.answered(!/"block_id":"d2:[^":]+:working/.test(body));
      return {};
    }
    const method = path.split('/').at(-1) ?? '';
    return method === 'apps.connections.open'
      ? { url: `${url.replace('http', 'ws')}/socket` }
      : (methods[method] ?? {});
  }
  const server = createServer(async (request, response) => {
    const body = JSON.stringify({ ok: true, ...(await answer(request)) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  new WebSocketServer({ server }).on('connection', (one) => {
    socket = one;
    one.send(
      JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0D2CHATOPS' } }),
    );
    one.on('message', (data) => waiting.get(JSON.parse(String(data)).envelope_id)?.acked());
    onConnected();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    connected: () =>
      new Promise((resolve) => {
        onConnected = resolve;
      }),
    send(text) {
      const id = `e${++count}`;
      const sentAt = performance.now();
      const later = () => {
        let tell: () => void = () => undefined;
        const at = new Promise<number>((resolve) => {
          tell = () => resolve(performance.now() - sentAt);
        });
        return { at, tell };
      };
      const [acked, first, whole] = [later(), later(), later()];
      waiting.set(id, {
        acked: acked.tell,
        answered(isWhole) {
          first.tell();
          if (!isWhole) return;
          whole.tell();
          waiting.delete(id);
        },
      });
      socket?.send(JSON.stringify(envelopeOf(id, text, url)));
      return { acked: acked.at, first: first.at, whole: whole.at };
    },
    async close() {
      socket?.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const envelopeOf = (id: string, text: string, url: string) => ({
  envelope_id: id,
  type: 'slash_commands',
  accepts_response_payload: true,
  payload: {
    token: 't',
    team_id: team.id,
    channel_id: 'C0OPS',
    user_id: vera.id,
    command: '/d2',
    text,
    api_app_id: 'A0D2CHATOPS',
    is_enterprise_install: 'false',
    response_url: `${url}/respond/${id}`,
    trigger_id: `${id}.${Date.now()}`,
  },
});
