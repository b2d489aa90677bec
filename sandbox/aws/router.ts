import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { BodyError, readBytes } from '../http.ts';
import type { RequestHandler } from '../interfaces.ts';
import { authenticate, type Principals, scopeOf } from './auth/authenticate.ts';
import { region } from './constants.ts';
import { AwsError } from './errors.ts';
import type { Faults } from './faults/faults.ts';
import { applyFaultBefore, respond, send } from './faults/respond.ts';
import { type Ledger, operationOf } from './ledger.ts';
import { selectProtocol } from './protocol/select-protocol.ts';
import { type Action, type Input, type Service, textOf } from './service.ts';

interface Routing {
  services: readonly Service[];
  /** What answers a call that is signed for another region. */
  elsewhere: readonly Service[];
  clock: Clock;
  faults: Faults;
  ledger: Ledger;
  principals: Principals;
  changed(): void;
}

// DynamoDB's largest request; S3 takes more, which nothing here needs.
const largestBody = 16_000_000;

/** Every request under /aws: told apart by the service it is signed for, answered in that service's protocol. */
export function createRouter({
  services,
  elsewhere,
  clock,
  faults,
  ledger,
  principals,
  changed,
}: Routing): RequestHandler {
  const named = (all: readonly Service[]) => new Map(all.map((service) => [service.name, service]));
  const here = named(services);
  const there = named(elsewhere);

  return async (request, response) => {
    if (!/^\/aws(\/|$|\?)/.test(request.url ?? '')) return false;
    const [target, claimed = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const scope = scopeOf(request);
    const name = scope?.service ?? services.find((one) => one.target && one.target === target)?.name ?? '';
    const service = (scope && scope.region !== region ? there : here).get(name);
    const protocol = selectProtocol(request, service?.protocol ?? 'json');
    // The bot takes the time from here.
    const date = clock.now().toUTCString();
    try {
      const raw = await readBytes(request, largestBody);
      const isOpen = (one: string) => actionOf(service, one)?.open === true;
      const caller = isOpen(claimed) ? '' : authenticate(request, raw, principals).arn;
      const { action, input } = protocol.decode(request, raw);
      // The header may claim one action, and the path, where some protocols look, name another.
      if (isOpen(claimed) && !isOpen(action)) authenticate(request, raw, principals);
      const known = find(service, name, action);
      const call = { response, protocol, service: name, action, date };
      const fault = faults.take(name, action, textOf(input, 'DocumentName'));
      if (fault && (await applyFaultBefore(fault, call))) return true;
      const record = (output: unknown) => {
        const targets = known.changes?.(input, output);
        if (!targets) return;
        const operation = operationOf(userAgentOf(request), textOf(input, 'Comment'));
        ledger.note({
          service: name,
          action,
          ...(operation !== undefined && { operation }),
          targets,
          details: known.details?.(input) ?? {},
        });
        changed();
      };
      await respond(fault, await apply(known, input, caller, record), call);
    } catch (error) {
      send({ response, date }, protocol.encodeError(knownOf(error, name)));
    }
    return true;
  };
}

function knownOf(error: unknown, name: string): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof BodyError)
    return new AwsError(
      name === 's3' ? 'EntityTooLarge' : 'RequestEntityTooLargeException',
      error.message,
      error.status,
    );
  process.stderr.write(`sandbox: ${name}: ${error instanceof Error ? error.stack : error}\n`);
  return new AwsError('InternalFailure', String(error), 500);
}

const actionOf = (service: Service | undefined, action: string): Action | undefined =>
  service && Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;

function find(service: Service | undefined, name: string, action: string): Action {
  const known = actionOf(service, action);
  if (known) return known;
  process.stderr.write(`sandbox: it does not know ${name}:${action}\n`);
  throw new AwsError(
    name === 'ec2' ? 'InvalidAction' : 'UnknownOperationException',
    `The sandbox does not know ${name}:${action}.`,
  );
}

/** Runs it and records what it changed, also when it changed something and then failed. */
async function apply(
  action: Action,
  input: Input,
  caller: string,
  record: (output: unknown) => void,
): Promise<unknown> {
  try {
    const output = await action.run(input, caller);
    record(output);
    return output;
  } catch (error) {
    if (error instanceof AwsError && error.applied) record(undefined);
    throw error;
  }
}

const userAgentOf = (request: IncomingMessage): string =>
  `${request.headers['user-agent'] ?? ''} ${request.headers['x-amz-user-agent'] ?? ''}`;
