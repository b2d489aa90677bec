import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendJson } from '../http.ts';
import type { Fault } from '../interfaces.ts';

/** Slack's refusal: the `error` of `{ok: false, error}`, with whatever Slack adds to it. */
export class Refusal extends Error {
  readonly details: Record<string, unknown>;
  constructor(error: string, details: Record<string, unknown> = {}) {
    super(error);
    this.details = details;
  }
}

/** A call's arguments, whichever of Slack's two encodings they came in. */
export interface Args {
  text(name: string): string;
  /** Undefined when absent; a JSON string is parsed. Throws Refusal `invalid_arguments` on broken JSON. */
  json(name: string): unknown;
  flag(name: string): boolean;
}

/** Reads form-urlencoded and JSON bodies. Throws Refusal on a body that is neither. */
export function readArgs(type: string, body: string, query: URLSearchParams): Args {
  const values = new Map<string, unknown>(query);
  if (type.startsWith('application/json')) {
    const parsed = parseJson(body || '{}', 'invalid_json');
    if (typeof parsed !== 'object' || parsed === null) throw new Refusal('json_not_object');
    for (const [key, value] of Object.entries(parsed)) values.set(key, value);
  } else {
    for (const [key, value] of new URLSearchParams(body)) values.set(key, value);
  }
  return {
    text: (name) => {
      const value = values.get(name);
      return value === undefined || value === null ? '' : String(value);
    },
    json: (name) => {
      const value = values.get(name);
      return typeof value === 'string' ? parseJson(value || 'null', 'invalid_arguments') : value;
    },
    flag: (name) => values.get(name) === true || values.get(name) === 'true',
  };
}

function parseJson(text: string, error: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(error);
  }
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

function faultAnswer(fault: Fault, method: string): Answer {
  switch (fault.kind) {
    case 'throttle':
      return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': '1' } };
    case 'deny':
      return {
        status: 200,
        body: { ok: false, error: method.startsWith('chat.') ? 'not_in_channel' : 'missing_scope' },
      };
    case 'expired':
      return method === 'response_url'
        ? { status: 404, body: { ok: false, error: 'expired_url' } }
        : { status: 200, body: { ok: false, error: 'token_expired' } };
    default:
      return { status: 500, body: { ok: false, error: 'internal_error' } };
  }
}

/**
 * Answers one call, with a fault where one is set: before it nothing is applied; after it the work is done and
 * the reply lost, cut or turned into an error.
 */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  fault: Fault | undefined,
  work: () => Answer,
): Promise<void> {
  const send = ({ status, body, headers }: Answer) => sendJson(response, status, body, headers);
  if (!fault) return send(work());
  if (fault.kind === 'slow') {
    if (fault.phase !== 'after') await sleep(fault.delayMs ?? 1000, undefined, { ref: false });
    const answer = work();
    if (fault.phase === 'after') await sleep(fault.delayMs ?? 1000, undefined, { ref: false });
    return send(answer);
  }
  const answer = fault.phase === 'after' || fault.phase === 'body' ? work() : undefined;
  if (fault.phase === 'body' && answer) {
    const whole = JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'content-length': whole.length + 1,
    });
    response.write(whole.slice(0, whole.length >> 1), () => request.socket.destroy());
    return;
  }
  if (fault.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  send(faultAnswer(fault, method));
}
