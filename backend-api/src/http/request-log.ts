import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

interface RoutedRequest extends IncomingMessage {
  /** Set by Express once a route has matched. */
  route?: { path?: unknown };
}

const idHeader = 'x-request-id';

/** One line a request when it has ended, with the route's pattern rather than the address: no ids, tokens or bodies. */
export function createRequestLog(log: Logger) {
  return (request: RoutedRequest, response: ServerResponse, next: () => void): void => {
    const began = performance.now();
    const requestId = sentId(request) ?? randomUUID();
    response.setHeader(idHeader, requestId);
    response.once('close', () => {
      const status = response.statusCode;
      const aborted = !response.writableFinished;
      const path = request.route?.path;
      const level = levelOf(status, aborted, path);
      if (!log.isLevelEnabled(level)) return;
      const fields = {
        requestId,
        method: request.method,
        route: typeof path === 'string' ? path : null,
        status,
        latencyMs: Math.round((performance.now() - began) * 10) / 10,
        ...(aborted && { aborted }),
      };
      log[level](fields, 'request');
    });
    next();
  };
}

/** The id under which this request is logged, and which its answer carries. */
export const requestIdOf = (response: ServerResponse): string => String(response.getHeader(idHeader) ?? '');

/** The load balancer and the bot ask every few seconds whether we are well: said only when something is wrong. */
function levelOf(status: number, aborted: boolean, path: unknown): 'error' | 'warn' | 'info' | 'debug' {
  if (status >= 500) return 'error';
  if (status >= 400 || aborted) return 'warn';
  return path === '/health' || path === '/health/ready' ? 'debug' : 'info';
}

function sentId(request: IncomingMessage): string | undefined {
  const id = request.headers[idHeader];
  return typeof id === 'string' && /^[\w.:=-]{1,64}$/.test(id) ? id : undefined;
}
