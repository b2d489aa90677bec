import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

/** In a root's folder, where its state lies. */
export const stateFile = 'terraform.tfstate';

/**
 * Keeps the state of each root below a folder in that root's folder, for terraform's own backend `http`. Unlike the
 * backend `local`, it writes the state once at the end, and not with each resource, which is a third of an apply's CPU time.
 */
export async function serveStates(folder: string) {
  const server = createServer(async (request, answer) => {
    const file = join(folder, request.url ?? '', stateFile);
    if (request.method === 'POST') writeFileSync(file, await buffer(request));
    if (request.method === 'DELETE') rmSync(file, { force: true });
    const isFound = request.method !== 'GET' || existsSync(file);
    answer.writeHead(isFound ? 200 : 404).end(request.method === 'GET' && isFound ? readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (root: string) => `http://127.0.0.1:${port}/${root}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
