import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below what systems hand out by themselves, lest another has it before it is used, or while who used it is stopped.
const range = { from: 10_000, to: 32_000 };

/** A port of 127.0.0.1 that nobody listens on. */
export async function findPort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(range.from, range.to);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(
    `no port between ${range.from} and ${range.to} is free on 127.0.0.1: end what listens on them`,
  );
}
