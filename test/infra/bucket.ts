import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * A bucket as modules/release makes it, for one PutObject after the other: no key is written over, and whoever doesn't
 * ask S3 to see to that is refused by the bucket's policy. It checks no signature.
 */
export async function openBucket() {
  const objects = new Map<string, Buffer>();

  const server = createServer(async (request, response) => {
    const refuse = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    const body = await buffer(request);
    const [, , ...key] = new URL(request.url ?? '', 'http://bucket').pathname.split('/');
    if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*')
      return refuse(403, 'AccessDenied');
    if (objects.has(key.join('/'))) return refuse(412, 'PreconditionFailed');
    objects.set(key.join('/'), body);
    return response.writeHead(200, { etag: '"0"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Bucket = Awaited<ReturnType<typeof openBucket>>;
