import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

interface DrainOptions {
  /** Lets requests in flight end, then whatever they need. */
  close: () => Promise<void>;
  log: Logger;
  timeoutMs: number;
}

/**
 * Closing cuts idle connections, and with them a request that a client is sending just then: so for a moment every
 * answer asks its client to connect anew, and under PM2 that reaches the new process.
 */
const lingerMs = 500;

/** On SIGINT or SIGTERM takes no new connection, lets requests in flight end, and exits. */
export function createDrain({ close, log, timeoutMs }: DrainOptions) {
  let draining = false;

  async function drain(signal: string): Promise<void> {
    if (draining) return;
    draining = true;
    log.info({ signal }, 'backend-api draining');
    setTimeout(() => {
      log.error({ timeoutMs }, 'backend-api stopped with requests in flight');
      exitSoon(1);
    }, timeoutMs).unref();
    await sleep(lingerMs);
    await close();
    log.info({ signal }, 'backend-api stopped');
    exitSoon(0);
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void drain(signal));

  return {
    /** Tells kept-alive clients to go elsewhere for their next request. */
    middleware(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
      if (draining) response.setHeader('connection', 'close');
      next();
    },
  };
}

/** PM2 writes log files asynchronously: the last lines need a moment. */
function exitSoon(code: number): void {
  setTimeout(() => process.exit(code), 50);
}
