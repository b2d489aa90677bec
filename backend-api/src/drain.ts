import cluster from 'node:cluster';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

interface DrainOptions {
  server: Server;
  /** Takes no new connection and cuts idle ones; resolves when none is left. */
  close: () => Promise<void>;
  /** Lets go of what requests needed. */
  release: () => Promise<void>;
  log: Logger;
  /** In all, from the signal to the exit. */
  timeoutMs: number;
}

/**
 * Closing cuts idle connections, and with them a request that a client is sending just then: so for a moment every
 * answer asks its client to connect anew, and under PM2 that reaches the new process.
 */
const lingerMs = 500;
/** How long the first request may take on a connection that was taken last. */
const quietMs = 200;
/**
 * The cluster's primary, PM2's daemon, may be handing us a connection while we tell it that we are closed. We refuse it,
 * and the next process gets it; were we gone by then, its client would wait for ever.
 */
const handOverMs = 500;
/** A database that can't be reached must not keep us: the connections end with the process. */
const releaseMs = 1_000;

/** On SIGINT or SIGTERM takes no new connection, lets requests in flight end, and exits: with 0, or 1 if time ran out. */
export function createDrain({ server, close, release, log, timeoutMs }: DrainOptions) {
  const inFlight = new Set<ServerResponse>();
  let draining = false;

  async function drain(signal: string): Promise<void> {
    log.info({ signal, requests: inFlight.size }, 'backend-api draining');
    setTimeout(() => {
      log.error({ timeoutMs, requests: inFlight.size }, 'backend-api stopped before its requests ended');
      exitSoon(1);
    }, timeoutMs).unref();
    for (const response of inFlight) sendAway(response);
    await sleep(Math.min(lingerMs, timeoutMs / 4));
    const closed = close();
    await Promise.race([closed, untilQuiet()]);
    // What is left has never asked anything, or was answered before the signal.
    server.closeAllConnections();
    await closed;
    const handedOver = cluster.isWorker ? sleep(handOverMs) : undefined;
    await Promise.race([release(), sleep(releaseMs, undefined, { ref: false })]);
    await handedOver;
    log.info({ signal }, 'backend-api stopped');
    exitSoon(0);
  }

  async function untilQuiet(): Promise<void> {
    const step = 20;
    for (let quiet = 0; quiet < quietMs; quiet = inFlight.size === 0 ? quiet + step : 0) await sleep(step);
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (draining) return;
      draining = true;
      drain(signal).catch((error: unknown) => {
        log.error({ err: error }, 'backend-api could not drain');
        exitSoon(1);
      });
    });

  return {
    /** Knows the requests in flight, and tells kept-alive clients to go elsewhere for their next one. */
    middleware(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
      inFlight.add(response);
      response.once('close', () => inFlight.delete(response));
      if (draining) sendAway(response);
      next();
    },
  };
}

function sendAway(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

/** PM2 writes log files asynchronously: the last lines need a moment. */
function exitSoon(code: number): void {
  setTimeout(() => process.exit(code), 50);
}
