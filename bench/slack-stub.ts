import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Stub {
  url: string;
  /** Resolves once an app has connected. */
  connected(): Promise<void>;
  /** Sends `total` slash commands, `atOnce` open at a time; answers the ms from sending to acknowledgement of each, and of all. */
  load(total: number, atOnce: number, text: string): Promise<{ each: number[]; ms: number }>;
  close(): Promise<void>;
}

/** As little of Slack as an app needs to be sent commands: no rules, no waiting. */
export async function startStub(): Promise<Stub> {
  const open = new Map<string, { sentAt: number; acked: (ms: number) => void }>();
  let socket: WebSocket | undefined;
  let arrived: () => void = () => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const answers: Record<string, object> = {
    'auth.test': { user_id: 'U0D2BOT', team_id: 'T0D2OPS', bot_id: 'B0D2BOT' },
    'users.info': {
      user: {
        id: 'U0VERA',
        name: 'vera',
        team_id: 'T0D2OPS',
        deleted: false,
        is_bot: false,
        is_restricted: false,
        is_ultra_restricted: false,
      },
    },
    'conversations.info': {
      channel: { id: 'C0OPS', is_ext_shared: false, is_pending_ext_shared: false, is_org_shared: false },
    },
    'usergroups.users.list': { users: ['U0OMAR'] },
  };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const method = (request.url ?? '').split('/').at(-1) ?? '';
      const body =
        method === 'apps.connections.open'
          ? { url: `ws://127.0.0.1:${port}/socket` }
          : (answers[method] ?? {});
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: true, ...body }));
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (one) => {
    socket = one;
    one.send(
      JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0D2CHATOPS' } }),
    );
    one.on('message', (data) => {
      const { envelope_id: id } = JSON.parse(String(data)) as { envelope_id?: string };
      const waiting = id === undefined ? undefined : open.get(id);
      if (id === undefined || !waiting) return;
      open.delete(id);
      waiting.acked(performance.now() - waiting.sentAt);
    });
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  let count = 0;

  const send = (text: string) =>
    new Promise<number>((acked) => {
      count += 1;
      const id = `e${count}`;
      open.set(id, { sentAt: performance.now(), acked });
      const payload = {
        token: 't',
        team_id: 'T0D2OPS',
        team_domain: 'd2-ops',
        channel_id: 'C0OPS',
        channel_name: 'ops',
        user_id: 'U0VERA',
        user_name: 'vera',
        command: '/d2',
        text,
        api_app_id: 'A0D2CHATOPS',
        is_enterprise_install: 'false',
        response_url: `${url}/respond/${id}`,
        trigger_id: `t${count}.${Date.now()}`,
      };
      socket?.send(
        JSON.stringify({ envelope_id: id, type: 'slash_commands', accepts_response_payload: true, payload }),
      );
    });

  return {
    url,
    connected: () => arrival,
    async load(total, atOnce, text) {
      const each: number[] = [];
      const began = performance.now();
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (each.length < total) each.push(await send(text));
        }),
      );
      return { each, ms: performance.now() - began };
    },
    close: () =>
      new Promise((resolve) => {
        for (const one of sockets.clients) one.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
