import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../interfaces.ts';
import type { Answer, Protocol } from '../protocol/protocol.ts';
import { errorOf } from './faults.ts';

export interface Call {
  response: ServerResponse;
  protocol: Protocol;
  service: string;
  action: string;
  /** Of every answer's Date header, where callers take the time from. */
  date: string;
}

const usualDelayMs = 5_000;

const phaseOf = ({ kind, phase }: Fault) => (kind === 'wrong-page' ? 'after' : (phase ?? 'before'));

/** What a fault does before anything is applied. True when it ended the call; throws the error that it answers with. */
export async function applyFaultBefore(fault: Fault, { response, service, action }: Call): Promise<boolean> {
  if (phaseOf(fault) !== 'before') return false;
  if (fault.kind === 'slow') {
    await delay(fault.delayMs ?? usualDelayMs);
    return false;
  }
  if (fault.kind === 'reset') {
    response.destroy();
    return true;
  }
  throw errorOf(fault, service, action);
}

/** Answers what was applied, or what the fault makes of the answer. */
export async function respond(fault: Fault | undefined, output: unknown, call: Call): Promise<void> {
  const { response, protocol, service, action } = call;
  const answer = (of: unknown) => protocol.encode(action, of);
  if (!fault || phaseOf(fault) === 'before') return send(call, answer(output));
  if (fault.kind === 'wrong-page') return send(call, answer(withWrongToken(output)));
  if (fault.phase === 'body') {
    const rest = fault.kind === 'slow' ? (fault.delayMs ?? usualDelayMs) : undefined;
    return sendHalves(call, answer(output), rest);
  }
  if (fault.kind === 'slow') {
    await delay(fault.delayMs ?? usualDelayMs);
    return send(call, answer(output));
  }
  if (fault.kind === 'reset') {
    response.destroy();
    return;
  }
  send(call, protocol.encodeError(errorOf(fault, service, action)));
}

export function send({ response, date }: Pick<Call, 'response' | 'date'>, answer: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = writeHead(response, answer, date);
  response.end(bytes);
}

/** The first half of a body, then the rest after a while, or never. */
async function sendHalves(
  { response, date }: Call,
  answer: Answer,
  restAfterMs: number | undefined,
): Promise<void> {
  if (response.destroyed) return;
  const bytes = writeHead(response, answer, date);
  const half = Math.floor(bytes.length / 2);
  await new Promise<void>((resolve) => response.write(bytes.subarray(0, half), () => resolve()));
  if (restAfterMs === undefined) {
    response.destroy();
    return;
  }
  await delay(restAfterMs);
  if (!response.destroyed) response.end(bytes.subarray(half));
}

function writeHead(response: ServerResponse, { status, headers, body }: Answer, date: string): Buffer {
  const bytes = Buffer.from(body);
  response.sendDate = false;
  response.writeHead(status, { ...headers, date, 'content-length': bytes.length });
  return bytes;
}

/** A page whose token leads past the end: the next one is empty. */
function withWrongToken(output: unknown): unknown {
  if (typeof output !== 'object' || output === null) return output;
  const names = ['NextToken', 'nextToken', 'PaginationToken', 'Marker', 'NextMarker'];
  return {
    ...output,
    ...Object.fromEntries(names.filter((name) => name in output).map((name) => [name, '999999'])),
  };
}
