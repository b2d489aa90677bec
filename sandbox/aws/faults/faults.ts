import type { Fault } from '../../interfaces.ts';
import { expired } from '../auth/authenticate.ts';
import { AwsError } from '../errors.ts';

export interface Faults {
  set(faults: readonly Fault[]): void;
  /** The fault that hits this call, counted; `undefined` when none does. `document` is what a SendCommand runs. */
  take(service: string, action: string, document: string): Fault | undefined;
}

interface Armed {
  fault: Fault;
  left: number;
  random: () => number;
}

export function createFaults(): Faults {
  let armed: Armed[] = [];
  return {
    set(faults) {
      armed = faults
        .filter((fault) => !fault.action.startsWith('slack:'))
        .map((fault) => ({
          fault,
          left: fault.times ?? Number.POSITIVE_INFINITY,
          random: generator(fault.seed ?? 1),
        }));
    },
    take(service, action, document) {
      for (const one of armed) {
        const meant = [action, ...names(service, action), `${action} ${document}`, '*'].includes(
          one.fault.action,
        );
        if (!meant || one.left <= 0 || (one.fault.rate !== undefined && one.random() >= one.fault.rate))
          continue;
        one.left -= 1;
        return one.fault;
      }
      return undefined;
    },
  };
}

/** CloudWatch signs as `monitoring`, and IAM calls it by its name. */
const names = (service: string, action: string): string[] =>
  [service, ...(service === 'monitoring' ? ['cloudwatch'] : [])].map((name) => `${name}:${action}`);

/** mulberry32: small, seeded, the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const throttles: Record<string, string> = {
  ec2: 'RequestLimitExceeded',
  rds: 'Throttling',
  sts: 'Throttling',
  elasticloadbalancing: 'Throttling',
  dynamodb: 'ProvisionedThroughputExceededException',
  'cognito-idp': 'TooManyRequestsException',
};

/** The error that a fault answers with, in the service's own words. */
export function errorOf({ kind }: Fault, service: string, action: string): AwsError {
  if (kind === 'throttle')
    return new AwsError(
      throttles[service] ?? 'ThrottlingException',
      'Rate exceeded',
      service === 'ec2' ? 503 : 400,
    );
  if (kind === 'expired') return expired(service);
  if (kind === 'deny') {
    const code =
      service === 'ec2'
        ? 'UnauthorizedOperation'
        : ['rds', 'sts', 'elasticloadbalancing'].includes(service)
          ? 'AccessDenied'
          : 'AccessDeniedException';
    return new AwsError(
      code,
      `User is not authorized to perform: ${service}:${action}`,
      service === 'ec2' ? 403 : 400,
    );
  }
  return new AwsError(
    'InternalFailure',
    'The request processing has failed because of an unknown error.',
    500,
  );
}
