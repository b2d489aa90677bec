import { type ErrorCode, OutcomeUnknown, UserError } from '../../core/reply/errors.ts';
import { deniedBy } from './denied.ts';
import { type Fault, faultOf } from './fault.ts';

interface Context {
  /** `ec2:StopInstances` */
  action: string;
  /** The call may have been applied although it failed here. */
  changing: boolean;
}

/** What a fault of AWS’s means: whether anything can have been applied, and for people a sentence and the next step. */
interface Meaning {
  /** Names as the services spell them, or a rule over the rest: texts change without notice and are never matched. */
  is: readonly string[] | ((fault: Fault) => boolean);
  code: ErrorCode;
  sentence(fault: Fault, action: string): string;
  next: string | ((fault: Fault, action: string) => string);
  /** Nothing was applied, and another try may go through. */
  passing?: true;
  /** A change may have been applied all the same: it is looked for before anything is sent again. */
  open?: true;
}

/** The first that fits counts. A name is definite whatever the status: EC2 refuses for want of capacity with a 500. */
const meanings: readonly Meaning[] = [
  {
    is: ({ name }) => forbidden.has(name) || name.startsWith('AccessDenied'),
    code: 'forbidden',
    sentence: (fault, action) => deniedBy(fault.message, action).sentence,
    next: (fault, action) => deniedBy(fault.message, action).next,
  },
  {
    is: [
      'AuthFailure',
      'CredentialsProviderError',
      'ExpiredToken',
      'ExpiredTokenException',
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'MissingAuthenticationToken',
      'TokenProviderError',
      'UnrecognizedClientException',
    ],
    code: 'unavailable',
    sentence: () => 'AWS does not take the bot’s credentials: they are missing, wrong or expired.',
    next: 'Sign in again with `aws sso login`, or set them with `aws configure`; in AWS, look at the role that the bot runs under.',
  },
  {
    is: ['InvalidSignatureException', 'RequestExpired', 'RequestTimeTooSkewed', 'SignatureDoesNotMatch'],
    code: 'unavailable',
    sentence: () => 'AWS does not take the bot’s signature: its clock is wrong, or its secret key is.',
    next: 'Set the clock of the machine by NTP, then check the key with `aws sts get-caller-identity`.',
  },
  {
    is: [
      'BandwidthLimitExceeded',
      'EC2ThrottledException',
      'KMSThrottlingException',
      'PriorRequestNotComplete',
      'ProvisionedThroughputExceededException',
      'RequestLimitExceeded',
      'RequestThrottled',
      'RequestThrottledException',
      'SlowDown',
      'ThrottledException',
      'Throttling',
      'ThrottlingException',
      'TooManyRequestsException',
    ],
    code: 'unavailable',
    sentence: (_, action) => `AWS is throttling ${action}.`,
    next: 'Try again in a minute.',
    passing: true,
  },
  {
    is: ({ network }) => ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(network),
    code: 'unavailable',
    sentence: ({ network }, action) => `The bot can’t reach AWS for ${action}: ${network}.`,
    next: 'Check its network and the region.',
    passing: true,
  },
  {
    is: [
      'InsufficientAddressCapacity',
      'InsufficientCapacity',
      'InsufficientCapacityOnHost',
      'InsufficientDBClusterCapacityFault',
      'InsufficientDBInstanceCapacity',
      'InsufficientDBInstanceCapacityFault',
      'InsufficientHostCapacity',
      'InsufficientInstanceCapacity',
      'InsufficientReservedInstanceCapacity',
      'InsufficientReservedInstancesCapacity',
      'InsufficientVolumeCapacity',
    ],
    code: 'unavailable',
    sentence: (fault, action) => `AWS has no capacity for ${said(fault, action)}`,
    next: 'Nothing was started by it. Try again in some minutes; if it stays so, another size or zone is needed, by Terraform.',
  },
  {
    is: [
      'InstanceLimitExceeded',
      'InstanceQuotaExceeded',
      'InstanceQuotaExceededFault',
      'LimitExceededException',
      'MaxSpotInstanceCountExceeded',
      'ServiceQuotaExceededException',
      'StorageQuotaExceeded',
      'VcpuLimitExceeded',
    ],
    code: 'unavailable',
    sentence: (fault, action) => `A limit of the AWS account stands against ${said(fault, action)}`,
    next: 'Have it raised under Service Quotas, or wait where it is one on attempts.',
  },
  {
    is: [
      'ConflictException',
      'IncorrectInstanceState',
      'IncorrectSpotRequestState',
      'IncorrectState',
      'InvalidDBClusterStateFault',
      'InvalidDBInstanceState',
      'InvalidDBInstanceStateFault',
      'OperationNotPermitted',
      'ResourceInUseException',
      'UnsupportedOperation',
      'UsernameExistsException',
    ],
    code: 'conflict',
    sentence: (fault, action) => `AWS declines ${said(fault, action)}`,
    next: 'Look at its state first, then ask again.',
  },
  {
    is: ({ name, status }) => status < 500 && /(NotFound|NotFoundException|NotFoundFault)$/.test(name),
    code: 'not-found',
    sentence: (fault, action) => `AWS finds no such thing: ${said(fault, action)}`,
    next: 'It may have been removed meanwhile, or is another account’s or region’s.',
  },
  {
    is: ({ status }) => status >= 400 && status < 500,
    code: 'unavailable',
    sentence: (fault, action) => `AWS refuses ${said(fault, action)}`,
    next: 'Asked the same way it refuses again: mend what it names first.',
  },
  {
    is: ({ name, network }) => name === 'AbortError' || (name === 'TimeoutError' && network !== 'ECONNRESET'),
    code: 'timeout',
    sentence: (_, action) => `AWS did not answer ${action} in time.`,
    next: 'Try again.',
    open: true,
  },
  {
    is: ({ status }) => status >= 500,
    code: 'unavailable',
    sentence: ({ status }, action) => `AWS failed at ${action} (${status}).`,
    next: 'Try again in a minute.',
    open: true,
  },
  {
    is: ({ network }) => network !== '',
    code: 'unavailable',
    sentence: ({ network }, action) => `The connection to AWS broke off at ${action}: ${network}.`,
    next: 'Try again.',
    open: true,
  },
  {
    is: ({ status, parsed }) => status > 0 || parsed,
    code: 'unavailable',
    sentence: (_, action) => `AWS’s answer to ${action} could not be read.`,
    next: 'Try again.',
    open: true,
  },
];

const forbidden = new Set(['AuthorizationError', 'NotAuthorizedException', 'UnauthorizedOperation']);

const meaningOf = (fault: Fault): Meaning | undefined =>
  meanings.find(({ is }) => (typeof is === 'function' ? is(fault) : is.includes(fault.name)));

/** Nothing was applied, and another try may go through: a named throttle, or nobody took the connection. */
export const isDefiniteAndPassing = (error: unknown): boolean =>
  meaningOf(faultOf(error instanceof UserError ? error.cause : error))?.passing ?? false;

/** Whether this is, or was translated from, AWS's exception of that name. */
export const isNamed = (error: unknown, name: string): boolean =>
  faultOf(error).name === name || (error instanceof UserError && faultOf(error.cause).name === name);

/** AWS's or the network's fault as the caller is to hear it: `UserError`, on a change whose fate is open `OutcomeUnknown`; what is neither AWS's nor the network's stays as it is. */
export function translate(error: unknown, { action, changing }: Context): unknown {
  if (error instanceof UserError || error instanceof OutcomeUnknown) return error;
  const fault = faultOf(error);
  const meaning = meaningOf(fault);
  if (changing && (!meaning || meaning.open))
    return new OutcomeUnknown(`${action} was sent, and its answer never came.`, error);
  if (!meaning) return error;
  const { code, sentence, next } = meaning;
  return new UserError(code, sentence(fault, action), {
    hint: typeof next === 'string' ? next : next(fault, action),
    cause: error,
  });
}

const said = ({ name, message }: Fault, action: string): string =>
  `${action}: ${message.split('\n')[0]?.slice(0, 200) || name}`;
