import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

// Below the ports that systems hand out by themselves, so that none is taken before it is used or while its user is stopped.
const range = { from: 10_000, to: 32_000 };

/** A port of 127.0.0.1 that nothing listens on. */
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

/** Resolves once something listens on this port of 127.0.0.1. Rejects after half a minute. */
export async function waitForListener(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await delay(100);
  }
  throw new Error(`nothing listens on port ${port}`);
}
