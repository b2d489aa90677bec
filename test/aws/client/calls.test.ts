import { afterAll, test as alone, expect } from 'vitest';
import type { ClientOptions } from '../../../src/aws/client/clients.ts';
import { createCompute } from '../../../src/aws/compute.ts';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { settingsOf } from '../../environment-settings.ts';
import { type Answer, clientsOf, ec2Error, startWire } from '../wire.ts';

const stopped = '<StopInstancesResponse><instancesSet/></StopInstancesResponse>';
const operation = '01JD2Q4B8ZC0FFEE0000000000';
const endings: (() => void)[] = [];
/** Each has a wire of its own, and most of them wait for a time to run out. */
const test = alone.concurrent;

afterAll(() => {
  for (const end of endings) end();
});

async function startCompute(answers: Answer[], options: Partial<ClientOptions> = {}) {
  const wire = await startWire((_, nth) => answers[nth - 1] ?? { body: stopped });
  const clients = clientsOf(wire.url, options);
  endings.push(wire.close, clients.close);
  const compute = createCompute({ clients, settings: settingsOf('dev') });
  return { wire, compute };
}

const call = () => ({ signal: new AbortController().signal });
const change = () => ({ ...call(), operation });
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a change carries its operation’s id in the user agent', async () => {
  const { wire, compute } = await startCompute([]);
  await compute.stopInstances(['i-1'], change());
  expect(wire.seen[0]?.headers['user-agent']).toContain(`d2-op/${operation}`);
});

const lost: [string, Answer, Partial<ClientOptions>?][] = [
  ['an unnamed 500', { status: 500, body: 'oops' }],
  ['a 503 without a name', { status: 503, body: '' }],
  ['an internal error by name', ec2Error('InternalError', 500)],
  ['a reset', 'reset'],
  ['an answer that breaks off', { cut: '<StopInstancesResponse><instan' }],
  ['silence', 'silence', { requestTimeout: 1_500 }],
  ['signs of life without an answer', 'processing', { requestTimeout: 1_500 }],
  ['an answer that is no XML', { body: '<<<' }],
];

test.each(lost)('a change is unknown after %s, and is not sent again', async (_, answer, options) => {
  const { wire, compute } = await startCompute([answer], options);
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toBeInstanceOf(OutcomeUnknown);
  expect(error).toMatchObject({ message: expect.stringContaining('ec2:StopInstances') });
  expect(wire.seen).toHaveLength(1);
});

test('a change that is given up on its way is unknown', async () => {
  const { compute } = await startCompute(['silence']);
  const error = await failureOf(
    compute.stopInstances(['i-1'], { operation, signal: AbortSignal.timeout(200) }),
  );
  expect(error).toBeInstanceOf(OutcomeUnknown);
});

test('a throttled change goes again, since nothing was applied', async () => {
  const { wire, compute } = await startCompute([
    ec2Error('RequestLimitExceeded', 503),
    ec2Error('Throttling', 400),
  ]);
  await compute.stopInstances(['i-1'], change());
  expect(wire.seen).toHaveLength(3);
});

test('a change that stays throttled is refused', async () => {
  const { wire, compute } = await startCompute(Array.from({ length: 9 }, () => ec2Error('Throttling')));
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toMatchObject({ name: 'UserError', code: 'unavailable' });
  expect(wire.seen).toHaveLength(6);
});

test('a change that nobody takes the connection for has failed', async () => {
  const { wire, compute } = await startCompute([]);
  wire.close();
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toMatchObject({
    name: 'UserError',
    code: 'unavailable',
    message: 'The bot can’t reach AWS for ec2:StopInstances: ECONNREFUSED.',
  });
});

const definite: [string, UserError['code'], string][] = [
  ['UnauthorizedOperation', 'forbidden', 'The bot lacks the IAM permission ec2:StopInstances.'],
  ['AccessDeniedException', 'forbidden', 'The bot lacks the IAM permission ec2:StopInstances.'],
  ['RequestExpired', 'unavailable', 'its clock is wrong'],
  ['SignatureDoesNotMatch', 'unavailable', 'its clock is wrong'],
  ['ExpiredToken', 'unavailable', 'credentials'],
  ['AuthFailure', 'unavailable', 'credentials'],
  ['InvalidInstanceID.NotFound', 'not-found', 'Said by the test.'],
  ['IncorrectInstanceState', 'conflict', 'Said by the test.'],
  ['InvalidParameterValue', 'unavailable', 'Said by the test.'],
  ['OperationNotPermitted', 'conflict', 'Said by the test.'],
  ['VcpuLimitExceeded', 'unavailable', 'A limit of the AWS account'],
];

// EC2 refuses these with a 500, and still nothing happened.
const serverSide: string[] = [
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'InsufficientReservedInstanceCapacity',
  'InsufficientAddressCapacity',
  'InsufficientVolumeCapacity',
];

test.each(serverSide)('%s is a refusal although its status is 500, and is not sent again', async (name) => {
  const { wire, compute } = await startCompute([ec2Error(name, 500)]);
  const error = await failureOf(compute.startInstances(['i-1'], change()));
  expect(error).toMatchObject({
    name: 'UserError',
    code: 'unavailable',
    message: 'AWS has no capacity for ec2:StartInstances: Said by the test.',
    hint: expect.stringContaining('Nothing was started'),
  });
  expect(wire.seen).toHaveLength(1);
});

const role = 'arn:aws:sts::111111111111:assumed-role/d2-bot/op';
const instance = 'arn:aws:ec2:ap-southeast-1:111111111111:instance/i-1';
const denials: [string, string, string][] = [
  [
    `You are not authorized to perform this operation. User: ${role} is not authorized to perform: ec2:StopInstances on resource: ${instance} because no identity-based policy allows the ec2:StopInstances action. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q`,
    `The bot lacks the IAM permission ec2:StopInstances on ${instance}.`,
    `Allow \`ec2:StopInstances\` on \`${instance}\``,
  ],
  [
    `User: ${role} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:ap-southeast-1:111111111111:key/1 with an explicit deny in a service control policy`,
    'The bot lacks the IAM permission kms:Decrypt on arn:aws:kms:ap-southeast-1:111111111111:key/1, which ec2:StopInstances needs.',
    'explicit deny in its service control policy',
  ],
  [
    `User: ${role} is not authorized to perform: ec2:StopInstances on resource: ${instance} with an explicit deny in a permissions boundary: arn:aws:iam::111111111111:policy/edge`,
    `The bot lacks the IAM permission ec2:StopInstances on ${instance}.`,
    'explicit deny in its permissions boundary',
  ],
  [
    `User: ${role} is not authorized to perform: ec2:StopInstances on resource: *`,
    'The bot lacks the IAM permission ec2:StopInstances.',
    'Allow `ec2:StopInstances` in the policy',
  ],
  [
    'You are not authorized to perform this operation.',
    'The bot lacks the IAM permission ec2:StopInstances.',
    'Allow `ec2:StopInstances` in the policy',
  ],
];

test.each(denials)('a denial names the action and the resource: %s', async (said, sentence, next) => {
  const { compute } = await startCompute([ec2Error('UnauthorizedOperation', 403, said)]);
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toMatchObject({ code: 'forbidden', message: sentence, hint: expect.stringContaining(next) });
});

test('every fault has a next step', async () => {
  for (const answer of [
    ec2Error('InvalidParameterValue'),
    ec2Error('IncorrectInstanceState'),
    ec2Error('InvalidInstanceID.NotFound'),
    ec2Error('NeverHeardOf', 418),
  ]) {
    const { compute } = await startCompute([answer]);
    const error = await failureOf(compute.stopInstances(['i-1'], change()));
    expect(error).toMatchObject({ name: 'UserError', hint: expect.stringMatching(/\w/) });
  }
});

test.each(definite)('%s on a change is a failure in words', async (name, code, words) => {
  const { wire, compute } = await startCompute([ec2Error(name)]);
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toMatchObject({ name: 'UserError', code, message: expect.stringContaining(words) });
  expect(wire.seen).toHaveLength(1);
});

test('a change without credentials was never sent', async () => {
  const credentials = async () => {
    throw Object.assign(new Error('none found'), { name: 'CredentialsProviderError' });
  };
  const { wire, compute } = await startCompute([], { credentials });
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toMatchObject({ code: 'unavailable', hint: expect.stringContaining('aws sso login') });
  expect(wire.seen).toHaveLength(0);
});

test('a change that broke before it was sent is not unknown', async () => {
  const credentials = async () => {
    throw new Error('a bug of ours');
  };
  const { wire, compute } = await startCompute([], { credentials });
  const error = await failureOf(compute.stopInstances(['i-1'], change()));
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(OutcomeUnknown);
  expect(wire.seen).toHaveLength(0);
});

const page = (id: string, next = '') =>
  `<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>${id}</instanceId></item></instancesSet></item></reservationSet><nextToken>${next}</nextToken></DescribeInstancesResponse>`;

test('a read goes again after a reset and a 500', async () => {
  const { wire, compute } = await startCompute(['reset', { status: 500, body: '' }, { body: page('i-1') }]);
  expect(await compute.listInstances(call())).toMatchObject([{ id: 'i-1' }]);
  expect(wire.seen).toHaveLength(3);
});

test('a read that never gets an answer says so', async () => {
  const { compute } = await startCompute(['silence', 'silence', 'silence'], { requestTimeout: 1_500 });
  const error = await failureOf(compute.listInstances(call()));
  expect(error).toMatchObject({
    code: 'timeout',
    message: 'AWS did not answer ec2:DescribeInstances in time.',
  });
});

test('a read whose answer stops in the middle ends', async () => {
  const cut = { cut: '<DescribeInstancesResponse><reserv' };
  const { compute } = await startCompute([cut, cut, cut]);
  const error = await failureOf(compute.listInstances(call()));
  expect(error).toMatchObject({ name: 'UserError', code: 'unavailable' });
});

test('a read whose answer stalls in the middle ends', async () => {
  const stall = { stall: '<DescribeInstancesResponse><reserv' };
  const { compute } = await startCompute([stall, stall, stall], { requestTimeout: 1_500 });
  const error = await failureOf(compute.listInstances(call()));
  expect(error).toBeInstanceOf(UserError);
});

test('a read ends at its signal', async () => {
  const { compute } = await startCompute(['silence']);
  const error = await failureOf(compute.listInstances({ signal: AbortSignal.timeout(100) }));
  expect(error).toMatchObject({ name: 'UserError', code: 'timeout' });
});

alone('a change goes past reads that wait', async () => {
  const silent = Array.from({ length: 10 }, (): Answer => 'silence');
  const { wire, compute } = await startCompute(silent);
  const leave = new AbortController();
  const reads = Array.from({ length: 12 }, () =>
    failureOf(compute.listInstances({ signal: AbortSignal.any([leave.signal]) })),
  );
  await expect.poll(() => wire.seen.length).toBe(10);
  await compute.stopInstances(['i-1'], change());
  expect(wire.seen.slice(10).map(({ action }) => action)).toEqual(['StopInstances']);
  leave.abort();
  await Promise.all(reads);
});

test('lists are read to their last page', async () => {
  const { wire, compute } = await startCompute([
    { body: page('i-1', 'more') },
    { body: page('i-2', 'still') },
    { body: page('i-3') },
  ]);
  const instances = await compute.listInstances(call());
  expect(instances.map(({ id }) => id)).toEqual(['i-1', 'i-2', 'i-3']);
  expect(wire.seen[2]?.body).toContain('NextToken=still');
});

test('a list that leads back to a page read before is refused, not cut', async () => {
  const { compute } = await startCompute(Array.from({ length: 9 }, () => ({ body: page('i-1', 'same') })));
  const error = await failureOf(compute.listInstances(call()));
  expect(error).toMatchObject({ name: 'UserError', code: 'unavailable' });
});
