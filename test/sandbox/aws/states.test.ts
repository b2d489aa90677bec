import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  type Filter,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeDBInstancesCommand,
  ListTagsForResourceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { backend, bastion, database, startTestAccount, type TestAccount } from './test-account.ts';

let s: TestAccount;
beforeAll(async () => {
  s = await startTestAccount();
});
afterAll(() => s?.close());
afterEach(() => s.account.reset());

const hour = 3_600_000;
const named = (name: string) => expect.objectContaining({ name });
const resource = (id: string) => s.account.resources().find((one) => one.id === id);
const list = async (Filters: Filter[]) => {
  const answer = await s.clients.ec2.reading.send(new DescribeInstancesCommand({ Filters }));
  return answer.Reservations?.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
};

describe('a clock that is turned far at once', () => {
  test('finds an instance stopped since it was, and booted only once the machine is', async () => {
    const one = { InstanceIds: [backend] };
    const began = s.clock.now().getTime();
    await s.clients.ec2.changing.send(new StopInstancesCommand(one));
    s.clock.advance(hour);
    expect(resource(backend)).toMatchObject({ state: 'stopped' });
    expect(Date.parse(resource(backend)?.since ?? '') - began).toBeLessThan(hour / 2);
    const release = s.machine.hold();
    await s.clients.ec2.changing.send(new StartInstancesCommand(one));
    s.clock.advance(hour);
    await delay(20);
    expect(resource(backend)).toMatchObject({ state: 'pending', details: { ssm: 'offline' } });
    release();
    await expect
      .poll(() => resource(backend))
      .toMatchObject({ state: 'running', details: { ssm: 'online' } });
    expect(s.machine.power.slice(-2)).toEqual(['halt', 'boot']);
  });

  test('finds a database busy, then free, and restarted by AWS after its week', async () => {
    s.account.disturb({ what: 'rds-busy', state: 'backing-up', minutes: 10 });
    const stop = () =>
      s.clients.rds.changing.send(new StopDBInstanceCommand({ DBInstanceIdentifier: database }));
    await expect(stop()).rejects.toEqual(named('InvalidDBInstanceStateFault'));
    s.clock.advance(hour);
    await stop();
    s.clock.advance(hour);
    const [found] = (await s.clients.rds.reading.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
    expect(found?.DBInstanceStatus).toBe('stopped');
    const inDays = ((found?.AutomaticRestartTime?.getTime() ?? 0) - s.clock.now().getTime()) / (24 * hour);
    expect(inDays).toBeGreaterThan(6.9);
    expect(inDays).toBeLessThan(7);
    s.clock.advance(30 * 24 * hour);
    expect(resource(database)?.state).toBe('available');
  });
});

describe('what is asked for', () => {
  test.each([
    [[{ Name: 'tag:Service', Values: ['bastion'] }], [bastion]],
    [[{ Name: 'tag:Name', Values: ['d2-*-dev-back?nd'] }], [backend]],
    [[{ Name: 'tag:Environment', Values: ['prod'] }], []],
    [[{ Name: 'instance-state-name', Values: ['stopped', 'running'] }], [backend, bastion]],
  ])('%j finds %j', async (filters, found) => {
    expect(await list(filters)).toEqual(found);
  });

  test('is refused by name when it isn’t there, or by no filter of AWS’s', async () => {
    const { ec2, rds, elb } = s.clients;
    await expect(list([{ Name: 'tagged', Values: ['x'] }])).rejects.toEqual(named('InvalidParameterValue'));
    await expect(
      rds.reading.send(
        new DescribeDBInstancesCommand({ Filters: [{ Name: 'tag:Environment', Values: ['dev'] }] }),
      ),
    ).rejects.toEqual(named('InvalidParameterValue'));
    await expect(
      ec2.reading.send(new DescribeNatGatewaysCommand({ NatGatewayIds: ['nat-1'] })),
    ).rejects.toEqual(named('NatGatewayNotFound'));
    await expect(elb.reading.send(new DescribeLoadBalancersCommand({ Names: ['other'] }))).rejects.toThrow(
      /not found/,
    );
    await expect(ec2.changing.send(new StopInstancesCommand({ InstanceIds: [] }))).rejects.toThrow();
  });

  test('comes in pages', async () => {
    const page = (NextToken?: string) =>
      s.clients.ec2.reading.send(new DescribeInstancesCommand({ MaxResults: 1, NextToken }));
    const first = await page();
    const second = await page(first.NextToken);
    expect(first.Reservations?.[0]?.Instances?.[0]?.InstanceId).toBe(backend);
    expect(second.Reservations?.[0]?.Instances?.[0]?.InstanceId).toBe(bastion);
    expect(second.NextToken).toBeUndefined();
  });

  test('has the tags and sizes that cost is counted by', async () => {
    const { ec2, rds } = s.clients;
    const volumes = await ec2.reading.send(new DescribeVolumesCommand({}));
    expect(volumes.Volumes?.map(({ Size, VolumeType }) => [Size, VolumeType])).toEqual([
      [20, 'gp3'],
      [20, 'gp3'],
    ]);
    const endpoints = await ec2.reading.send(new DescribeVpcEndpointsCommand({}));
    expect(endpoints.VpcEndpoints?.map(({ ServiceName }) => ServiceName?.split('.').at(-1))).toEqual([
      'ssm',
      'ssmmessages',
      'ec2messages',
    ]);
    const [db] = (await rds.reading.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
    const tags = await rds.reading.send(new ListTagsForResourceCommand({ ResourceName: db?.DBInstanceArn }));
    expect(tags.TagList).toEqual(db?.TagList);
  });
});

describe('the load balancer', () => {
  const target = async () => {
    const { elb } = s.clients;
    const { TargetGroups } = await elb.reading.send(new DescribeTargetGroupsCommand({}));
    const { TargetGroupArn } = TargetGroups?.[0] ?? {};
    const health = await elb.reading.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return health.TargetHealthDescriptions?.[0]?.TargetHealth;
  };
  const url = async () => {
    const { elb } = s.clients;
    const { LoadBalancers } = await elb.reading.send(new DescribeLoadBalancersCommand({}));
    const { LoadBalancerArn, DNSName } = LoadBalancers?.[0] ?? {};
    const { Listeners } = await elb.reading.send(new DescribeListenersCommand({ LoadBalancerArn }));
    expect(Listeners?.[0]?.Port).toBe(80);
    // As the guide has it: what is listened on by default goes without saying.
    return `http://${DNSName}/health`;
  };

  test('passes requests on while its target is well, and tells why when it is not', async () => {
    await expect.poll(async () => (await target())?.State).toBe('healthy');
    const well = await fetch(await url());
    expect([well.status, await well.text()]).toEqual([200, 'the service']);
    s.machine.health = 500;
    await expect.poll(target, { timeout: 5_000 }).toMatchObject({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [500]',
    });
    expect((await fetch(await url())).status).toBe(503);
    s.machine.health = 200;
  });

  test('has no use for a stopped target', async () => {
    await s.clients.ec2.changing.send(new StopInstancesCommand({ InstanceIds: [backend] }));
    await expect.poll(target, { timeout: 5_000 }).toMatchObject({ State: 'unused' });
  });

  test('is tagged like the rest', async () => {
    const { LoadBalancers } = await s.clients.elb.reading.send(new DescribeLoadBalancersCommand({}));
    const ResourceArns = [LoadBalancers?.[0]?.LoadBalancerArn ?? ''];
    const { TagDescriptions } = await s.clients.elb.reading.send(new DescribeTagsCommand({ ResourceArns }));
    expect(TagDescriptions?.[0]?.Tags).toContainEqual({ Key: 'Environment', Value: 'dev' });
  });
});

test('a reset in mid-way leaves nothing of the former account to act later', async () => {
  const { ec2 } = s.clients;
  const one = { InstanceIds: [backend] };
  const release = s.machine.hold();
  await ec2.changing.send(new StopInstancesCommand(one));
  s.clock.advance(hour);
  await ec2.changing.send(new StartInstancesCommand(one));
  await ec2.changing.send(new StopInstancesCommand({ InstanceIds: [bastion] }));
  await s.clients.rds.changing.send(new StopDBInstanceCommand({ DBInstanceIdentifier: database }));
  const reset = s.account.reset();
  release();
  await reset;
  expect(s.machine.power.slice(-3)).toEqual(['halt', 'reinstall', 'boot']);
  expect(s.account.ledger()).toEqual([]);
  let changes = 0;
  const stopListening = s.account.onChange(() => {
    changes += 1;
  });
  s.clock.advance(30 * 24 * hour);
  await delay(20);
  stopListening();
  expect([changes, resource(backend)?.state]).toEqual([0, 'running']);
});

test('an empty account has neither instances nor what stood around them', async () => {
  s.account.disturb({ what: 'empty' });
  expect(await list([])).toEqual([]);
  expect(s.account.resources().map(({ kind }) => kind)).not.toContain('rds');
  const { LoadBalancers } = await s.clients.elb.reading.send(new DescribeLoadBalancersCommand({}));
  expect(LoadBalancers).toEqual([]);
});
