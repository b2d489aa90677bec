import type { Fault } from '../../interfaces.ts';
import { createRandom } from '../../random.ts';
import { refusalOf } from '../auth/refusals.ts';
import { accountId } from '../constants.ts';
import { AwsError } from '../errors.ts';

export interface Faults {
  set(faults: readonly Fault[]): void;
  /** The fault that hits this call, counted; `undefined` when none does. `document` is what a SendCommand runs. */
  take(service: string, action: string, document: string): Fault | undefined;
}

interface ActiveFault {
  fault: Fault;
  left: number;
  random: () => number;
}

export function createFaults(): Faults {
  let active: ActiveFault[] = [];
  return {
    set(faults) {
      active = faults
        .filter((fault) => !fault.action.startsWith('slack:'))
        .map((fault) => ({
          fault,
          left: fault.times ?? Number.POSITIVE_INFINITY,
          random: createRandom(fault.seed ?? 1),
        }));
    },
    take(service, action, document) {
      for (const one of active) {
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
  if (kind === 'capacity')
    return service === 'rds'
      ? new AwsError('InsufficientDBInstanceCapacity', 'The requested DB instance class is not available.')
      : new AwsError(
          'InsufficientInstanceCapacity',
          'We currently do not have sufficient capacity in the Availability Zone you requested.',
          500,
        );
  if (kind === 'expired') return refusalOf(service, 'expired token');
  if (kind === 'deny') {
    const code =
      service === 'ec2'
        ? 'UnauthorizedOperation'
        : ['rds', 'sts', 'elasticloadbalancing'].includes(service)
          ? 'AccessDenied'
          : 'AccessDeniedException';
    return new AwsError(
      code,
      `User: arn:aws:sts::${accountId}:assumed-role/d2-chatops-bot/d2 is not authorized to perform: ${service}:${action} on resource: * because no identity-based policy allows the ${service}:${action} action`,
      service === 'ec2' ? 403 : 400,
    );
  }
  return new AwsError(
    'InternalFailure',
    'The request processing has failed because of an unknown error.',
    500,
  );
}
