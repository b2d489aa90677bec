import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

interface RoutedRequest extends IncomingMessage {
  /** Set by Express once a route has matched. */
  route?: { path?: unknown };
}

/** One line a request when it has ended, with the route's pattern rather than the address. */
export function createRequestLog(log: Logger) {
  return (request: RoutedRequest, response: ServerResponse, next: () => void): void => {
    const began = performance.now();
    const requestId = sentId(request) ?? randomUUID();
    response.setHeader('x-request-id', requestId);
    response.once('close', () => {
      const status = response.statusCode;
      const aborted = !response.writableFinished;
      const path = request.route?.path;
      const fields = {
        requestId,
        method: request.method,
        route: typeof path === 'string' ? path : null,
        status,
        latencyMs: Math.round((performance.now() - began) * 10) / 10,
        ...(aborted && { aborted }),
      };
      const level = status >= 500 ? 'error' : status >= 400 || aborted ? 'warn' : 'info';
      log[level](fields, 'request');
    });
    next();
  };
}

function sentId(request: IncomingMessage): string | undefined {
  const id = request.headers['x-request-id'];
  return typeof id === 'string' && /^[\w.:=-]{1,64}$/.test(id) ? id : undefined;
}
