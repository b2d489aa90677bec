import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { readBytes } from '../http.ts';
import type { Fault, Handle } from '../parts.ts';
import { AwsError } from './errors.ts';
import { errorOf, type Faults } from './faults.ts';
import { authenticate, scopeOf } from './identity.ts';
import { type Ledger, operationOf } from './ledger.ts';
import { type Answer, type Protocol, protocolOf } from './protocol/protocol.ts';
import { type Service, textOf } from './service.ts';

interface Routing {
  services: readonly Service[];
  clock: Clock;
  faults: Faults;
  ledger: Ledger;
  changed(): void;
  /** Who calls; STS answers with it. */
  as: { arn: string };
}

/** Every request under /aws: told apart by the service it is signed for, answered in that service's protocol. */
export function createRoute({ services, clock, faults, ledger, changed, as }: Routing): Handle {
  const byName = new Map(services.map((service) => [service.name, service]));

  return async (request, response) => {
    if (!/^\/aws(\/|$|\?)/.test(request.url ?? '')) return false;
    const raw = await readBytes(request, 4_000_000);
    const name = scopeOf(request)?.service ?? '';
    const service = byName.get(name);
    const protocol = protocolOf(request, service?.protocol ?? 'json');
    // The bot takes its time from here.
    const date = clock.now().toUTCString();
    try {
      const { principal } = authenticate(request, raw);
      const { action, input } = protocol.decode(request, raw);
      const known = service && Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
      if (!service || !known) {
        process.stderr.write(`sandbox: it does not know ${name || 'an unsigned'}:${action}\n`);
        throw new AwsError(
          name === 'ec2' ? 'InvalidAction' : 'UnknownOperationException',
          `The sandbox does not know ${name}:${action}.`,
        );
      }
      const fault = faults.take(service.name, action, textOf(input, 'DocumentName'));
      if (fault && (await strikeBefore(fault, response, service.name, action))) return true;
      as.arn = principal.arn;
      const output = await known.run(input);
      const targets = known.changes?.(input, output);
      if (targets) {
        const operation = operationOf(userAgentOf(request), textOf(input, 'Comment'));
        ledger.note({
          service: service.name,
          action,
          ...(operation !== undefined && { operation }),
          targets,
          details: known.details?.(input) ?? {},
        });
        changed();
      }
      const answer = fault?.kind === 'wrong-page' ? withWrongToken(output) : output;
      send(
        response,
        protocol.encode(action, answer),
        date,
        fault && strikeAfter(fault, protocol, service.name, action, response),
      );
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      if (!(error instanceof AwsError))
        process.stderr.write(`sandbox: ${name}: ${error instanceof Error ? error.stack : error}\n`);
      send(response, protocol.encodeError(known), date);
    }
    return true;
  };
}

const userAgentOf = (request: IncomingMessage): string =>
  `${request.headers['user-agent'] ?? ''} ${request.headers['x-amz-user-agent'] ?? ''}`;

/** Faults that keep the call from being applied. True when the answer was given. */
async function strikeBefore(
  fault: Fault,
  response: ServerResponse,
  service: string,
  action: string,
): Promise<boolean> {
  if (fault.kind === 'slow') {
    await delay(fault.delayMs ?? 5_000);
    return false;
  }
  if ((fault.phase ?? 'before') !== 'before' || fault.kind === 'wrong-page') return false;
  if (fault.kind === 'reset') {
    response.destroy();
    return true;
  }
  throw errorOf(fault, service, action);
}

/** Faults after the call was applied: the answer is lost, cut, or an error. */
function strikeAfter(
  fault: Fault,
  protocol: Protocol,
  service: string,
  action: string,
  response: ServerResponse,
): 'cut' | 'sent' | undefined {
  if (fault.kind === 'slow' || fault.kind === 'wrong-page' || (fault.phase ?? 'before') === 'before')
    return undefined;
  if (fault.phase === 'body') return 'cut';
  if (fault.kind === 'reset') {
    response.destroy();
    return 'sent';
  }
  send(response, protocol.encodeError(errorOf(fault, service, action)), new Date().toUTCString());
  return 'sent';
}

function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  date: string,
  how?: 'cut' | 'sent',
): void {
  if (how === 'sent' || response.destroyed) return;
  const bytes = Buffer.from(body);
  response.sendDate = false;
  response.writeHead(status, { ...headers, date, 'content-length': bytes.length });
  if (how !== 'cut') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
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
