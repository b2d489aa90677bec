import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminCreateUserCommand,
  AdminListGroupsForUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { mustSucceed } from '../../run-program.ts';
import { until } from '../../until.ts';

let sandbox: Sandbox;
let client: {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
beforeAll(async () => {
  sandbox = await createSandbox({ world: 'existing', speed: 500 });
  client = {
    region: 'ap-southeast-1',
    endpoint: `${sandbox.url}/aws`,
    credentials: { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox-secret-access-key' },
  };
});
afterAll(() => sandbox?.close());

/** A path of the service over the load balancer's HTTPS, by one who trusts its authority. */
function get(url = '', headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { ca: sandbox.account.authority, headers, agent: false }, (response) =>
      resolve(text(response)),
    )
      .on('error', reject)
      .end();
  });
}

describe("the environment that another team's Terraform made", () => {
  it('has one host for two services, found by tags of their own', async () => {
    const ec2 = new EC2Client(client);
    for (const [key, value] of [
      ['ServiceBackend', 'backend-api'],
      ['ServiceDriver', 'web-driver'],
    ]) {
      const Filters = [{ Name: `tag:${key}`, Values: [value ?? ''] }];
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      expect(Reservations?.map(({ Instances }) => Instances?.[0]?.InstanceId)).toEqual([sandbox.world.host]);
    }
  });

  it('serves both over HTTPS by host, and sends plain HTTP there', async () => {
    const { 'backend-api': api, 'web-driver': driver } = sandbox.account.urls;
    expect(await get(`${api}/health`)).toContain('"service":"backend-api"');
    expect(await get(`${driver}/health`)).toContain('"service":"web-driver"');
    expect(await get(`${api}/health`, { host: 'driver.d2.example.com' })).toContain('"web-driver"');

    const elb = new ElasticLoadBalancingV2Client(client);
    const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}));
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    const https = Listeners?.[1];
    const plain = await fetch(`http://${LoadBalancers?.[0]?.DNSName}/health`, { redirect: 'manual' });
    expect([plain.status, plain.headers.get('location')]).toEqual([301, 'https://127.0.0.1:443/health']);
    const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn: https?.ListenerArn }));
    expect(Rules?.flatMap(({ Conditions }) => Conditions?.[0]?.HostHeaderConfig?.Values?.[0] ?? [])).toEqual([
      'api.d2.example.com',
      'driver.d2.example.com',
    ]);
  });

  it('has a database without the tags, and an alarm that names it by its resource id', async () => {
    const { DBInstances } = await new RDSClient(client).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances?.[0]?.TagList?.map(({ Key }) => Key)).toEqual(['Name']);
    const { MetricAlarms } = await new CloudWatchClient(client).send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: 'dev-d2-ride-booking-rds' }),
    );
    expect(MetricAlarms?.[0]?.Dimensions?.[0]?.Value).toBe(DBInstances?.[0]?.DbiResourceId);
  });

  it('lets the bot take its role there, and no other', async () => {
    const sts = new STSClient(client);
    const assume = (name: string) =>
      sts.send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::000011112222:role/${name}`, RoleSessionName: 'bot' }),
      );
    const { Credentials } = await assume('d2-chatops-dev');
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const { Arn } = await new STSClient({ ...client, credentials }).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:sts::000011112222:assumed-role/d2-chatops-dev/bot');
    await expect(assume('d2-chatops-prod')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('has a user of Google, in the group that Cognito makes for it', async () => {
    const cognito = new CognitoIdentityProviderClient(client);
    const UserPoolId = sandbox.world.pool.id;
    const { Users } = await cognito.send(
      new ListUsersCommand({ UserPoolId, Filter: 'username ^= "Google_"' }),
    );
    expect(Users?.[0]).toMatchObject({ UserStatus: 'EXTERNAL_PROVIDER' });
    const { Groups } = await cognito.send(
      new AdminListGroupsForUserCommand({ UserPoolId, Username: Users?.[0]?.Username }),
    );
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual([`${UserPoolId}_Google`]);
  });

  it('keeps roles in an attribute of five to ten characters', async () => {
    const cognito = new CognitoIdentityProviderClient(client);
    const UserPoolId = sandbox.world.pool.id;
    const { Users } = await cognito.send(
      new ListUsersCommand({ UserPoolId, Filter: 'email = "driver.omar@example.com"' }),
    );
    expect(Users?.[0]?.Username).toMatch(/^[0-9a-f-]{36}$/);
    expect(Users?.[0]?.Attributes).toContainEqual({ Name: 'custom:role', Value: 'DRIVER' });
    const add = (Name: string, Value: string) =>
      cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: 'new@example.com',
          MessageAction: 'SUPPRESS',
          UserAttributes: [{ Name, Value }],
        }),
      );
    for (const [name, value] of [
      ['custom:role', 'BOSS'],
      ['custom:role', 'PASSENGERS!'],
      ['custom:rank', 'DRIVER'],
    ] as const)
      await expect(add(name, value)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await add('custom:role', 'PASSENGER');
  });

  it("writes Nest's coloured JSON with PM2's date into shared logs, which CloudWatch gets", async () => {
    await get(`${sandbox.account.urls['web-driver']}/nowhere`);
    const line =
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+00:00: .\[33m\[Nest\] \d+ {2}- .*HTTP request client error.*"path":"\/nowhere","statusCode":404/m;
    const file = join(sandbox.machine.appRoot, 'web-driver/shared/logs/web-driver-out.log');
    await until(async () => expect(await readFile(file, 'utf8')).toMatch(line));
    const logs = new CloudWatchLogsClient(client);
    const isLogged = async () => {
      const { events } = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: '/dev/web-driver',
          logStreamNames: [`${sandbox.world.host}-stdout`],
          filterPattern: '"/nowhere"',
        }),
      );
      expect(events?.[0]?.message).toMatch(line);
    };
    await until(isLogged);
  });

  it('runs both in fork mode under the one PM2, with settings in its environment, also after a reset', async () => {
    const { homes } = sandbox.machine;
    const list = async () => {
      const { stdout } = mustSucceed(
        await sandbox.machine.run({
          commands: ['pm2 jlist'],
          env: { PM2_HOME: homes.app },
          timeoutSeconds: 30,
        }),
      );
      const all = JSON.parse(stdout) as { name: string; pm2_env: Record<string, unknown> }[];
      return all.map(({ name, pm2_env }) => [name, pm2_env.exec_mode, pm2_env.PORT, pm2_env.version]);
    };
    const port = (name: string) => String(sandbox.machine.portOf(name));
    const expected = [
      ['backend-api', 'fork_mode', port('backend-api'), '1.0.0'],
      ['web-driver', 'fork_mode', port('web-driver'), '1.0.0'],
    ];
    expect(homes.app).toMatch(/\/home\/appuser\/\.pm2$/);
    expect(await list()).toEqual(expected);
    const { urls } = sandbox.account;
    await sandbox.account.reset();
    expect(await list()).toEqual(expected);
    expect(sandbox.account.urls).toEqual(urls);
    await until(async () => expect(await get(`${urls['web-driver']}/health`)).toContain('ok'));
  });
});
