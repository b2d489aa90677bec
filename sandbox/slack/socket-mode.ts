import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { pathOf } from '../http.ts';
import { app } from './directory.ts';

interface Envelope {
  type: 'slash_commands' | 'interactive' | 'events_api';
  accepts_response_payload: boolean;
  payload: Record<string, unknown>;
  retry_attempt?: number;
  retry_reason?: string;
}

/** How a delivery went: acknowledged, not within three seconds, or no connection to send it on. */
export type Delivery =
  | { state: 'acknowledged'; payload: Record<string, unknown> }
  | { state: 'timeout' }
  | { state: 'unreachable' };

export interface SocketMode {
  /** What `apps.connections.open` answers: good for one connection. */
  createUrl(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  send(envelope: Envelope): Promise<Delivery>;
  /** How many are open. */
  connections(): number;
  /** Asks every connection to come again, as Slack does every few hours. */
  disconnect(): void;
  /** The next `times` payloads arrive twice. */
  duplicate(times: number): void;
  close(): void;
}

const mostConnections = 10;
/** Slack waits this long for an acknowledgement; real seconds. */
const ackMs = 3000;
/** Bolt drops a connection without a server ping for 30 s. */
const pingMs = 10_000;

export function createSocketMode(baseUrl: () => string): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const connections: WebSocket[] = [];
  const waiting = new Map<string, (payload: Record<string, unknown>) => void>();
  const connectionListeners = new Set<() => void>();
  let lastClosedAt = Number.NEGATIVE_INFINITY;
  let interaction = 0;
  let duplicates = 0;

  function remove(connection: WebSocket): void {
    const index = connections.indexOf(connection);
    if (index < 0) return;
    connections.splice(index, 1);
    lastClosedAt = Date.now();
  }

  function acknowledge(data: string): void {
    try {
      const { envelope_id: id, payload } = JSON.parse(data);
      waiting.get(id)?.(typeof payload === 'object' && payload !== null ? payload : {});
    } catch {
      process.stderr.write(
        `sandbox: Socket Mode got something that is no acknowledgement: ${data.slice(0, 200)}\n`,
      );
    }
  }

  function accept(connection: WebSocket): void {
    if (connections.length >= mostConnections) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      connection.close();
      return;
    }
    connections.push(connection);
    const pings = setInterval(() => connection.ping(), pingMs).unref();
    connection.on('message', (data) => acknowledge(String(data)));
    connection.on('error', () => connection.terminate());
    connection.on('close', () => {
      clearInterval(pings);
      remove(connection);
    });
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: connections.length,
        connection_info: { app_id: app.id },
        debug_info: { host: 'sandbox', approximate_connection_time: 18_060 },
      }),
    );
    for (const onConnection of [...connectionListeners]) onConnection();
  }

  /** Waits for a client that was here a moment ago, since it reconnects; not for one that never came. */
  function waitForConnection(): Promise<boolean> {
    if (connections.length > 0) return Promise.resolve(true);
    const left = lastClosedAt + ackMs - Date.now();
    if (left <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (came: boolean) => {
        clearTimeout(timer);
        connectionListeners.delete(onConnection);
        resolve(came);
      };
      const onConnection = () => done(true);
      const timer = setTimeout(() => done(false), left).unref();
      connectionListeners.add(onConnection);
    });
  }

  function write(id: string, envelope: Envelope): void {
    interaction += 1;
    connections[interaction % connections.length]?.send(JSON.stringify({ envelope_id: id, ...envelope }));
  }

  return {
    createUrl() {
      const ticket = randomBytes(18).toString('base64url');
      tickets.add(ticket);
      return `${baseUrl().replace(/^http/, 'ws')}/slack/socket?ticket=${ticket}&app_id=${app.id}`;
    },
    upgrade(request, socket, head) {
      const url = pathOf(request);
      if (url.pathname !== '/slack/socket') return false;
      if (!tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
        return true;
      }
      server.handleUpgrade(request, socket, head, accept);
      return true;
    },
    async send(envelope) {
      if (!(await waitForConnection())) return { state: 'unreachable' };
      const ids = [randomUUID()];
      if (duplicates > 0) {
        duplicates -= 1;
        ids.push(randomUUID());
      }
      return new Promise((resolve) => {
        const end = (delivery: Delivery) => {
          clearTimeout(timer);
          for (const id of ids) waiting.delete(id);
          resolve(delivery);
        };
        const timer = setTimeout(() => end({ state: 'timeout' }), ackMs).unref();
        for (const id of ids) {
          waiting.set(id, (payload) => end({ state: 'acknowledged', payload }));
          write(id, envelope);
        }
      });
    },
    connections: () => connections.length,
    disconnect() {
      for (const connection of [...connections]) {
        remove(connection);
        connection.send(
          JSON.stringify({
            type: 'disconnect',
            reason: 'refresh_requested',
            debug_info: { host: 'sandbox' },
          }),
        );
        setTimeout(() => connection.close(), 1000).unref();
      }
    },
    duplicate: (times) => {
      duplicates = times;
    },
    close() {
      const open = [...server.clients];
      for (const connection of open) connection.close(1001);
      setTimeout(() => {
        for (const connection of open) connection.terminate();
      }, 500).unref();
      server.close();
    },
  };
}
