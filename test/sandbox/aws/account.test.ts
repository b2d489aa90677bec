import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeInstancesCommand, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import {
  DescribeDBInstancesCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DescribeInstanceInformationCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasAwsCli, runAws } from '../../aws-cli/aws-cli.ts';
import { botKeys, region, startAccountWithMachine } from './account-with-machine.ts';

const backend = 'i-080c218b1eb3925ee';
const bastion = 'i-0123456789abcdef0';
const DBInstanceIdentifier = 'd2-ride-booking-dev-rds-mysql';

let s: Awaited<ReturnType<typeof startAccountWithMachine>>;
beforeAll(async () => {
  s = await startAccountWithMachine();
});
afterAll(() => s?.close());
afterEach(() => s.account.setFaults([]));

const stateOf = async (id: string) => {
  const answer = await s.clients.ec2.reading.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return answer.Reservations?.[0]?.Instances?.[0]?.State?.Name;
};
const dbState = async () =>
  (await s.clients.rds.reading.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })))
    .DBInstances?.[0]?.DBInstanceStatus;
const online = async () =>
  (await s.clients.ssm.reading.send(new DescribeInstanceInformationCommand({}))).InstanceInformationList
    ?.length;
const named = (name: string) => expect.objectContaining({ name });

describe('the account’s states', () => {
  test('an instance stops and starts through its states, on the turned clock', async () => {
    const { clients, clock } = s;
    const one = { InstanceIds: [bastion] };
    const stop = await clients.ec2.changing.send(new StopInstancesCommand(one));
    expect(stop.StoppingInstances?.[0]).toMatchObject({
      PreviousState: { Name: 'running' },
      CurrentState: { Name: 'stopping' },
    });
    expect(await stateOf(bastion)).toBe('stopping');
    await expect(clients.ec2.changing.send(new StartInstancesCommand(one))).rejects.toEqual(
      named('IncorrectInstanceState'),
    );
    clock.advance(3_600_000);
    expect(await stateOf(bastion)).toBe('stopped');
    await clients.ec2.changing.send(new StartInstancesCommand(one));
    expect(await stateOf(bastion)).toBe('pending');
    clock.advance(3_600_000);
    await expect.poll(() => stateOf(bastion)).toBe('running');
  });

  test('a database takes its minutes, refuses what it can’t do, and starts itself again after a week', async () => {
    const { clients, clock } = s;
    await expect(
      clients.rds.changing.send(new StartDBInstanceCommand({ DBInstanceIdentifier })),
    ).rejects.toEqual(named('InvalidDBInstanceStateFault'));
    await clients.rds.changing.send(new StopDBInstanceCommand({ DBInstanceIdentifier }));
    expect(await dbState()).toBe('stopping');
    clock.advance(3_600_000);
    expect(await dbState()).toBe('stopped');
    // It was stopped five minutes after it was asked to, however far the clock was turned: an hour less five is gone.
    clock.advance(7 * 86_400_000 - 54 * 60_000);
    expect(await dbState()).toBe('starting');
    clock.advance(3_600_000);
    expect(await dbState()).toBe('available');
    await clients.rds.changing.send(new StopDBInstanceCommand({ DBInstanceIdentifier }));
    clock.advance(8 * 86_400_000);
    expect(await dbState()).toBe('available');
  });

  test('what the API does not know it refuses by name', async () => {
    const { clients } = s;
    await expect(stateOf('i-00000000000000000')).rejects.toEqual(named('InvalidInstanceID.NotFound'));
    await expect(stateOf('nonsense')).rejects.toEqual(named('InvalidInstanceID.Malformed'));
    await expect(
      clients.rds.reading.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'other' })),
    ).rejects.toEqual(named('DBInstanceNotFoundFault'));
    await expect(clients.secrets.changing.send(new RotateSecretCommand({ SecretId: 'x' }))).rejects.toThrow(
      /does not know secretsmanager:RotateSecret/,
    );
  });
});

describe('lists', () => {
  const users = (PaginationToken?: string) =>
    s.clients.cognito.reading.send(
      new ListUsersCommand({ UserPoolId: 'ap-southeast-1_D2SandBox', Limit: 2, PaginationToken }),
    );

  test('come in pages, none of them twice', async () => {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await users(token);
      expect(page.Users?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.Users ?? []).map(({ Username }) => Username ?? ''));
      token = page.PaginationToken;
    } while (token);
    expect(seen.length).toBeGreaterThan(2);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('of log events go on from their token, oldest first', async () => {
    const { clients } = s;
    const group = { logGroupName: '/aws/ec2/dev-d2-ride-booking-backend', limit: 5 };
    const first = await clients.logs.reading.send(new FilterLogEventsCommand(group));
    expect(first.nextToken).toBeDefined();
    const next = await clients.logs.reading.send(
      new FilterLogEventsCommand({ ...group, nextToken: first.nextToken }),
    );
    const times = [...(first.events ?? []), ...(next.events ?? [])].map(({ timestamp }) => timestamp ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(first.events?.at(-1)?.eventId).not.toBe(next.events?.[0]?.eventId);
  });

  test('a token that leads nowhere ends the list early', async () => {
    s.account.setFaults([{ action: 'ListUsers', kind: 'wrong-page', times: 1 }]);
    const page = await users();
    expect((await users(page.PaginationToken)).Users).toEqual([]);
  });
});

describe('who calls', () => {
  const ask = async (keys: { accessKeyId: string; secretAccessKey: string }) => {
    const clients = s.clientsOf(keys);
    try {
      return await clients.sts.reading.send(new GetCallerIdentityCommand({}));
    } finally {
      clients.close();
    }
  };

  test('is told from the key', async () => {
    expect((await ask(botKeys)).Arn).toBe('arn:aws:sts::000011112222:assumed-role/d2-chatops/bot');
    const omar = { accessKeyId: 'AKIASANDBOXOMAR00000', secretAccessKey: 'sandbox-secret-of-omar' };
    expect((await ask(omar)).Arn).toBe('arn:aws:iam::000011112222:user/omar');
  });

  test.each([
    ['an unknown key', 'AKIANOBODY0000000000', 'x', 'InvalidClientTokenId'],
    ['an expired one', 'ASIASANDBOXEXPIRED00', 'sandbox-secret-of-expired', 'ExpiredToken'],
    ['a wrong secret', botKeys.accessKeyId, 'not-the-secret', 'SignatureDoesNotMatch'],
  ])('%s is refused by name', async (_, accessKeyId, secretAccessKey, name) => {
    await expect(ask({ accessKeyId, secretAccessKey })).rejects.toEqual(
      expect.objectContaining({ name: expect.stringMatching(new RegExp(`^${name}`)) }),
    );
  });
});

describe('documents', () => {
  const send = (Parameters: Record<string, string[]>, DocumentName = 'd2-health') =>
    s.clients.ssm.changing.send(new SendCommandCommand({ InstanceIds: [backend], DocumentName, Parameters }));

  test('hold every parameter to its pattern before anything is sent', async () => {
    const before = s.account.ledger().length;
    for (const service of ['$(id)', 'a;b', '-x', '`id`', 'a b'])
      await expect(send({ service: [service] })).rejects.toEqual(named('InvalidParameters'));
    await expect(send({ other: ['x'] })).rejects.toEqual(named('InvalidParameters'));
    await expect(send({ service: ['x'] }, 'd2-none')).rejects.toEqual(named('InvalidDocument'));
    expect(s.account.ledger()).toHaveLength(before);
  });

  test('an agent that is offline is not reached', async () => {
    s.account.disturb({ what: 'agent-offline', instance: backend });
    await expect(send({ service: ['backend-api'] })).rejects.toEqual(named('InvalidInstanceId'));
    await s.account.reset();
    expect(await online()).toBe(2);
  });
});

describe('the ledger', () => {
  test('keeps what was changed, with the operation that did it', async () => {
    const operation = '01J00000000000000000000000';
    await s.environment.compute.stopInstances([bastion], {
      operation,
      signal: AbortSignal.timeout(5_000),
    });
    expect(s.account.ledger().at(-1)).toMatchObject({
      service: 'ec2',
      action: 'StopInstances',
      operation,
      targets: [bastion],
    });
    await s.account.reset();
    expect(s.account.ledger()).toEqual([]);
    expect(await stateOf(bastion)).toBe('running');
  });

  const cells = [
    ['throttle', 'before', false],
    ['error', 'before', false],
    ['error', 'after', true],
    ['reset', 'before', false],
    ['reset', 'after', true],
    ['reset', 'body', true],
    ['deny', 'before', false],
    ['expired', 'before', false],
  ] as const;
  test.each(cells)('%s, %s: applied is %s', async (kind, phase, applied) => {
    const { account, clients } = s;
    account.setFaults([{ action: 'CreateSecret', kind, phase, times: 1 }]);
    const before = account.ledger().length;
    const create = () =>
      clients.secrets.changing.send(
        new CreateSecretCommand({ Name: `fault-${kind}-${phase}`, SecretString: 'x' }),
      );
    await expect(create()).rejects.toThrow();
    expect(account.ledger().length - before).toBe(applied ? 1 : 0);
    if (applied) await expect(create()).rejects.toEqual(named('ResourceExistsException'));
    else await create();
  });
});

test.skipIf(!hasAwsCli)('the AWS CLI sees the same account', async () => {
  const env = {
    AWS_ACCESS_KEY_ID: botKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: botKeys.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const aws = (...args: string[]) => runAws([...args, '--endpoint-url', s.endpoint, '--output', 'json'], env);
  // By flag: Debian's AWS CLI is older than AWS_ENDPOINT_URL.
  s.account.disturb({ what: 'alarm', name: 'd2-ride-booking-dev-backend-status-check' });
  const [instances, alarms] = await Promise.all([
    aws('ec2', 'describe-instances'),
    aws('cloudwatch', 'describe-alarms', '--state-value', 'ALARM'),
  ]);
  expect(instances).toContain(backend);
  expect(alarms).toContain('d2-ride-booking-dev-backend-status-check');
});
