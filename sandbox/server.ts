import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { BodyError, isOwn, sendJson } from './http.ts';
import type { RequestHandler } from './interfaces.ts';

export interface Server {
  port: number;
  url: string;
  /** From now on the first of these that knows a path answers; until then nothing is at any. */
  serve(handles: readonly RequestHandler[], upgrade?: Upgrade): void;
  close(): Promise<void>;
}

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

const refuse: Upgrade = () => false;

/** One loopback HTTP server, whose address is known before what it serves. Rejects when the port is taken. */
export async function startServer(port: number): Promise<Server> {
  let handles: readonly RequestHandler[] = [];
  let upgrade: Upgrade = refuse;
  const portOf = () => (server.address() as AddressInfo).port;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOwn(request, portOf())) {
      return sendJson(response, 403, {
        error: 'Only this machine may ask, by 127.0.0.1 or localhost, and no other site.',
      });
    }
    for (const handle of handles) if (await handle(request, response)) return;
    sendJson(response, 404, { error: `Nothing is at ${request.url}.` });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof BodyError) return sendJson(response, error.status, { error: error.message });
      process.stderr.write(
        `sandbox: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}\n`,
      );
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: 'The sandbox failed; see its stderr.' });
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!isOwn(request, portOf()) || !upgrade(request, socket, head))
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: portOf(),
    url: `http://127.0.0.1:${portOf()}`,
    serve(served, upgraded = refuse) {
      handles = served;
      upgrade = upgraded;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
