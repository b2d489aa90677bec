import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body that can't be taken; `status` and the sentence go to the sender. */
export class BodyError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The whole body as text. Throws BodyError 413 above `limit` bytes. */
export async function readBody(request: IncomingMessage, limit = 2_000_000): Promise<string> {
  return (await readBytes(request, limit)).toString('utf8');
}

/** The whole body as it came. Throws BodyError 413 above `limit` bytes. */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // Read to its end all the same: who is still sending hears no answer.
    if (size <= limit) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (size > limit) throw new BodyError(413, `The body is larger than ${limit} bytes.`);
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/**
 * Whether the request comes from this machine on purpose: a page of another site may reach a loopback port,
 * by its own name (DNS rebinding) or across origins, and is told apart by Host and Origin alone.
 */
export function isOwn(request: IncomingMessage, port: number): boolean {
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  const { host, origin } = request.headers;
  if (!host || !own.includes(host.toLowerCase())) return false;
  return origin === undefined || own.some((each) => origin.toLowerCase() === `http://${each}`);
}

export const pathOf = (request: IncomingMessage) => new URL(request.url ?? '/', 'http://127.0.0.1');
