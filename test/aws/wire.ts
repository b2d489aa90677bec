import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ClientOptions, createClients } from '../../src/aws/client/clients.ts';
import { errorData } from '../../src/core/reply/error-reply.ts';
import { type ErrorData, UserError } from '../../src/core/reply/errors.ts';

/** One request as it came over the wire. */
export interface Seen {
  /** `StopInstances`, whichever protocol said it. */
  action: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer =
  | { status?: number; body: string; headers?: Record<string, string> }
  /** The connection breaks off before, or in the middle of, the answer. */
  | 'reset'
  | { cut: string }
  /** Begins, and goes no further. */
  | { stall: string }
  /** Nothing ever comes. */
  | 'silence'
  /** Signs of life, and no answer. */
  | 'processing'
  /** To the server behind, whose answer is passed on, or lost. */
  | { behind: string; lose?: boolean };

/** A loopback AWS endpoint that answers as the test says. */
export async function startWire(answer: (seen: Seen, nth: number) => Answer | Promise<Answer>) {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    const target = incoming.headers['x-amz-target'];
    const action =
      typeof target === 'string' ? target.split('.').at(-1) : new URLSearchParams(body).get('Action');
    const one = { action: action ?? '', headers: incoming.headers, body };
    const said = await answer(one, seen.push(one));
    if (said === 'silence') return;
    if (said === 'processing') {
      const timer = setInterval(() => outgoing.writeProcessing(), 50);
      incoming.socket.on('close', () => clearInterval(timer));
    } else if (said === 'reset') {
      incoming.socket.resetAndDestroy();
    } else if ('cut' in said) {
      outgoing.writeHead(200, { 'content-length': String(said.cut.length + 100) });
      outgoing.write(said.cut, () => incoming.socket.destroy());
    } else if ('stall' in said) {
      outgoing.writeHead(200, { 'content-length': String(said.stall.length + 100) });
      outgoing.write(said.stall);
    } else if ('behind' in said) {
      const { host, ...headers } = incoming.headers;
      const passing = request(said.behind, { method: 'POST', headers, path: '/' }, (back) => {
        if (said.lose) {
          back.resume().on('end', () => incoming.socket.resetAndDestroy());
          return;
        }
        outgoing.writeHead(back.statusCode ?? 500, back.headers);
        back.pipe(outgoing);
      });
      passing.end(body);
    } else {
      outgoing.writeHead(said.status ?? 200, said.headers).end(said.body);
    }
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    seen,
    close(): void {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

/** Clients of an endpoint, with keys that mean nothing. */
export function clientsOf(endpoint: string, options: Partial<ClientOptions> = {}) {
  return createClients({
    region: 'ap-southeast-1',
    endpoint,
    credentials: { accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' },
    ...options,
  });
}

/** An error as EC2 writes it. */
export const ec2Error = (code: string, status = 400, message = 'Said by the test.'): Answer => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
});

/** An error as the JSON services write it. */
export const jsonError = (type: string, status = 400, message = 'Said by the test.'): Answer => ({
  status,
  body: JSON.stringify({ __type: type, message }),
});

export const json = (value: unknown): Answer => ({ body: JSON.stringify(value) });

/** The `UserError` that a call ends with, as plain text. */
export async function userErrorOf(call: Promise<unknown>): Promise<ErrorData> {
  const error = await call.then(
    () => new Error('The call was not refused.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return errorData(error);
  throw error;
}
