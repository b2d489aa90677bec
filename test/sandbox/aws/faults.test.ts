import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, StopDBInstanceCommand } from '@aws-sdk/client-rds';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../../sandbox/interfaces.ts';
import {
  bastion,
  createSdkClients,
  database,
  region,
  startTestAccount,
  type TestAccount,
} from './test-account.ts';

type Clients = TestAccount['clients'];

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount();
});
afterAll(() => s?.close());
afterEach(() => s.account.setFaults([]));

const named = (name: string | RegExp) =>
  expect.objectContaining({ name: typeof name === 'string' ? name : expect.stringMatching(name) });

/** One read of each service, and the names of its errors. */
const services: [
  name: string,
  look: (clients: Clients) => Promise<unknown>,
  words: Record<string, string | RegExp>,
][] = [
  [
    'ec2',
    ({ ec2 }) => ec2.changing.send(new DescribeInstancesCommand({})),
    {
      throttle: 'RequestLimitExceeded',
      deny: 'UnauthorizedOperation',
      expired: 'RequestExpired',
      unknown: 'AuthFailure',
      wrong: /^(SignatureDoesNotMatch|AuthFailure)$/,
    },
  ],
  [
    'rds',
    ({ rds }) => rds.changing.send(new DescribeDBInstancesCommand({})),
    {
      throttle: 'Throttling',
      deny: 'AccessDenied',
      expired: 'ExpiredToken',
      unknown: 'InvalidClientTokenId',
      wrong: 'SignatureDoesNotMatch',
    },
  ],
  [
    'elasticloadbalancing',
    ({ elb }) => elb.changing.send(new DescribeLoadBalancersCommand({})),
    {
      throttle: 'Throttling',
      deny: 'AccessDenied',
      expired: 'ExpiredToken',
      unknown: 'InvalidClientTokenId',
      wrong: 'SignatureDoesNotMatch',
    },
  ],
  [
    'sts',
    ({ sts }) => sts.changing.send(new GetCallerIdentityCommand({})),
    {
      throttle: 'Throttling',
      deny: 'AccessDenied',
      expired: /^ExpiredToken/,
      unknown: 'InvalidClientTokenId',
      wrong: 'SignatureDoesNotMatch',
    },
  ],
  ...(
    [
      ['ssm', ({ ssm }) => ssm.changing.send(new GetParameterCommand({ Name: 'x' })), 'ThrottlingException'],
      ['logs', ({ logs }) => logs.changing.send(new DescribeLogGroupsCommand({})), 'ThrottlingException'],
      [
        'cognito-idp',
        ({ cognito }) => cognito.changing.send(new ListUserPoolsCommand({ MaxResults: 1 })),
        'TooManyRequestsException',
      ],
      [
        'secretsmanager',
        ({ secrets }) => secrets.changing.send(new ListSecretsCommand({})),
        'ThrottlingException',
      ],
      [
        'dynamodb',
        ({ dynamo }) => dynamo.changing.send(new ListTablesCommand({})),
        'ProvisionedThroughputExceededException',
      ],
      [
        'cloudwatch',
        ({ cloudwatch }) => cloudwatch.changing.send(new DescribeAlarmsCommand({})),
        'ThrottlingException',
      ],
    ] as [string, (clients: Clients) => Promise<unknown>, string][]
  ).map(([name, look, throttle]): (typeof services)[number] => [
    name,
    look,
    {
      throttle,
      deny: 'AccessDeniedException',
      expired: 'ExpiredTokenException',
      unknown: 'UnrecognizedClientException',
      wrong: 'InvalidSignatureException',
    },
  ]),
];

describe.each(services)('%s', (_, look, words) => {
  test.each(['throttle', 'deny', 'expired'] as const)('words %s as its own, once', async (kind) => {
    s.account.setFaults([{ action: '*', kind, times: 1 }]);
    await expect(look(s.clients)).rejects.toEqual(named(words[kind] ?? ''));
    const again = await look(s.clients).catch((error: Error) => error.name);
    expect(again).not.toEqual(words[kind]);
  });

  test.each([
    ['expired', 'ASIASANDBOXEXPIRED00', 'sandbox-secret-of-expired'],
    ['unknown', 'AKIANOBODY0000000000', 'x'],
    ['wrong', 'AKIASANDBOX000000000', 'x'],
  ])('refuses %s keys in its own words', async (kind, accessKeyId, secretAccessKey) => {
    const clients = createSdkClients({
      region,
      endpoint: s.endpoint,
      credentials: { accessKeyId, secretAccessKey },
    });
    await expect(look(clients)).rejects.toEqual(named(words[kind] ?? ''));
    clients.close();
  });
});

describe('a fault', () => {
  const stopBastion = () => s.clients.ec2.changing.send(new StopInstancesCommand({ InstanceIds: [bastion] }));
  const put = (Name = '/x', { ssm } = s.clients) =>
    ssm.changing.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String', Overwrite: true }));
  const applied = async (fault: Omit<Fault, 'action'>, change: () => Promise<unknown>, target: string) => {
    s.account.setFaults([{ action: '*', ...fault }]);
    const count = () => s.account.ledger().filter(({ targets }) => targets.includes(target)).length;
    const before = count();
    const answer = await change().then(
      () => 'answered',
      () => 'failed',
    );
    s.account.setFaults([]);
    return [answer, count() - before];
  };

  test.each([
    [{ kind: 'slow', delayMs: 1_500 }, 'failed', 0],
    [{ kind: 'slow', delayMs: 1_500, phase: 'after' }, 'failed', 1],
    [{ kind: 'slow', delayMs: 1_500, phase: 'body' }, 'failed', 1],
    [{ kind: 'slow', delayMs: 20 }, 'answered', 1],
    [{ kind: 'slow', delayMs: 20, phase: 'after' }, 'answered', 1],
    [{ kind: 'slow', delayMs: 20, phase: 'body' }, 'answered', 1],
    [{ kind: 'reset', phase: 'body' }, 'failed', 1],
    [{ kind: 'throttle' }, 'failed', 0],
  ] as const)('%j: the caller is %s, and it is applied %i times by then', async (fault, answer, times) => {
    const { endpoint, credentials } = s;
    const impatient = createSdkClients({ region, endpoint, credentials, requestTimeout: 700 });
    // A slow call is applied in the end, when nobody waits any more: each test looks at its own.
    const name = `/fault/${fault.kind}${'phase' in fault ? fault.phase : ''}${answer}`;
    expect(await applied(fault, () => put(name, impatient), name)).toEqual([answer, times]);
    impatient.close();
  });

  test.each([
    ['body', 1],
    ['after', 0],
  ] as const)('in phase %s: %i answers began', async (phase, began) => {
    const dates: unknown[] = [];
    s.clients.onDate((date) => dates.push(date));
    expect(await applied({ kind: 'reset', phase }, () => put('/half'), '/half')).toEqual(['failed', 1]);
    s.clients.onDate(() => {});
    expect(dates).toHaveLength(began);
  });

  test('in the query protocol leaves what was done done', async () => {
    expect(await applied({ kind: 'reset', phase: 'after' }, stopBastion, bastion)).toEqual(['failed', 1]);
    expect(s.account.resources().find(({ id }) => id === bastion)?.state).toBe('stopping');
    const stop = () =>
      s.clients.rds.changing.send(new StopDBInstanceCommand({ DBInstanceIdentifier: database }));
    expect(await applied({ kind: 'error', phase: 'after' }, stop, database)).toEqual(['failed', 1]);
    await expect(stop()).rejects.toEqual(named('InvalidDBInstanceStateFault'));
    await s.account.reset();
  });

  test('hits as often as its seed says, the same each time', async () => {
    const row = async (seed: number) => {
      s.account.setFaults([{ action: 'PutParameter', kind: 'throttle', rate: 0.3, seed }]);
      const hits: string[] = [];
      for (let i = 0; i < 30; i++)
        hits.push(
          await put().then(
            () => '.',
            () => 'x',
          ),
        );
      return hits.join('');
    };
    const first = await row(7);
    expect(await row(7)).toBe(first);
    expect(await row(8)).not.toBe(first);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
  });

  test('by a service’s name hits that service alone', async () => {
    s.account.setFaults([{ action: 'cloudwatch:DescribeAlarms', kind: 'deny' }]);
    await expect(s.clients.cloudwatch.changing.send(new DescribeAlarmsCommand({}))).rejects.toThrow();
    s.account.setFaults([{ action: 'rds:DescribeInstances', kind: 'deny' }]);
    await s.clients.ec2.changing.send(new DescribeInstancesCommand({}));
  });

  test('can lead to a wrong page, which is empty', async () => {
    s.account.setFaults([{ action: 'DescribeInstances', kind: 'wrong-page', times: 1 }]);
    const look = (NextToken?: string) =>
      s.clients.ec2.changing.send(new DescribeInstancesCommand({ MaxResults: 1, NextToken }));
    const first = await look();
    expect((await look(first.NextToken)).Reservations).toEqual([]);
  });
});

test('an action that is not known is refused by its name', async () => {
  await expect(
    s.clients.ec2.changing.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 })),
  ).rejects.toThrow('The sandbox does not know ec2:RunInstances.');
});

test('a request that nobody signed is refused', async () => {
  const bare = await fetch(s.endpoint, { method: 'POST', body: 'Action=DescribeInstances' });
  expect([bare.status, await bare.text()]).toEqual([
    403,
    expect.stringContaining('MissingAuthenticationToken'),
  ]);
});
