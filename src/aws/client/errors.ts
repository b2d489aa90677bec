import { OutcomeUnknown, UserError } from '../../core/reply/errors.ts';

interface Context {
  /** `ec2:StopInstances` */
  action: string;
  /** The call may have been applied although it failed here. */
  changing: boolean;
}

// Names as the services spell them; message texts change without notice and are never matched.
const throttles = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
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
]);
const forbidden = new Set(['AuthorizationError', 'NotAuthorizedException', 'UnauthorizedOperation']);
const credentials = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
const signatures = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);
const conflicts = new Set([
  'ConflictException',
  'IncorrectInstanceState',
  'IncorrectState',
  'InvalidDBInstanceState',
  'InvalidDBInstanceStateFault',
  'ResourceInUseException',
  'UsernameExistsException',
]);
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Nothing was applied, and another try may go through: a named throttle, or nobody took the connection. */
export function isDefiniteAndPassing(error: unknown): boolean {
  const fault = error instanceof UserError ? error.cause : error;
  return throttles.has(nameOf(fault)) || notConnected.has(codeOf(fault));
}

/** Whether this is, or was translated from, AWS's exception of that name. */
export function isNamed(error: unknown, name: string): boolean {
  return nameOf(error) === name || (error instanceof UserError && nameOf(error.cause) === name);
}

/** AWS's or the network's fault as the caller is to hear it: `UserError`, on a change whose fate is open `OutcomeUnknown`; what is neither AWS's nor the network's stays as it is. */
export function translate(error: unknown, { action, changing }: Context): unknown {
  if (error instanceof UserError || error instanceof OutcomeUnknown) return error;
  const name = nameOf(error);
  const fail = (code: UserError['code'], sentence: string, hint?: string) =>
    new UserError(code, sentence, { cause: error, ...(hint && { hint }) });

  if (forbidden.has(name) || name.startsWith('AccessDenied')) {
    return fail(
      'forbidden',
      `The bot may not call ${action}.`,
      `Allow ${action} in the IAM policy of its role.`,
    );
  }
  if (credentials.has(name)) {
    return fail(
      'unavailable',
      'AWS does not take the bot’s credentials: they are missing, wrong or expired.',
      'Sign in again with `aws sso login`, or set them with `aws configure`; in AWS, look at the role that the bot runs under.',
    );
  }
  if (signatures.has(name)) {
    return fail(
      'unavailable',
      'AWS does not take the bot’s signature: its clock is wrong, or its secret key is.',
      'Set the clock of the machine by NTP, then check the key with `aws sts get-caller-identity`.',
    );
  }
  if (throttles.has(name)) {
    return fail('unavailable', `AWS is throttling ${action}.`, 'Try again in a minute.');
  }
  if (notConnected.has(codeOf(error))) {
    return fail(
      'unavailable',
      `The bot can’t reach AWS for ${action}: ${codeOf(error)}.`,
      'Check its network and the region.',
    );
  }
  if (/(NotFound|NotFoundException|NotFoundFault)$/.test(name))
    return fail('not-found', `AWS finds no such thing: ${said(error, action)}`);
  if (conflicts.has(name)) return fail('conflict', `AWS declines ${said(error, action)}`);

  const status = statusOf(error);
  if (status >= 400 && status < 500) return fail('unavailable', `AWS refuses ${said(error, action)}`);
  if (changing) return new OutcomeUnknown(`${action} was sent, and its answer never came.`, error);
  if (name === 'AbortError' || (name === 'TimeoutError' && codeOf(error) !== 'ECONNRESET')) {
    return fail('timeout', `AWS did not answer ${action} in time.`, 'Try again.');
  }
  if (status >= 500)
    return fail('unavailable', `AWS failed at ${action} (${status}).`, 'Try again in a minute.');
  if (codeOf(error)) {
    return fail(
      'unavailable',
      `The connection to AWS broke off at ${action}: ${codeOf(error)}.`,
      'Try again.',
    );
  }
  if (status > 0 || cameOverTheWire(error)) {
    return fail('unavailable', `AWS’s answer to ${action} could not be read.`, 'Try again.');
  }
  return error;
}

function said(error: unknown, action: string): string {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
  return `${action}: ${message.slice(0, 200) || nameOf(error)}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('$metadata' in error)) return 0;
  const metadata = error.$metadata;
  const status =
    typeof metadata === 'object' && metadata && 'httpStatusCode' in metadata ? metadata.httpStatusCode : 0;
  return typeof status === 'number' ? status : 0;
}

/** The SDK hangs the response on what its parsers throw. */
function cameOverTheWire(error: unknown): boolean {
  return error instanceof Error && ('$response' in error || '$responseBodyText' in error);
}
