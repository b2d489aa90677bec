import { afterEach, expect, test } from 'vitest';
import { createAlarms } from '../../src/aws/alarms.ts';
import { createDatabases } from '../../src/aws/databases.ts';
import { createNetwork } from '../../src/aws/network.ts';
import { settingsOf } from '../environment-settings.ts';
import { type Answer, clientsOf, json, startWire } from './wire.ts';

const project = 'd2-ride-booking';
const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const call = () => ({ signal: AbortSignal.timeout(20_000) });

async function startClients(answers: Readonly<Record<string, Answer>>) {
  const wire = await startWire(({ action }) => answers[action] ?? { status: 400, body: '' });
  const clients = clientsOf(wire.url);
  endings.push(wire.close, clients.close);
  return { clients, wire };
}

const tagsOf = (env: string, tag: string) =>
  `<${tag}><Key>Project</Key><Value>${project}</Value></${tag}><${tag}><Key>Environment</Key><Value>${env}</Value></${tag}>`;
const answerOf = (action: string, result: string): Answer => ({
  body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
});

test('databases are an environment’s by their tags', async () => {
  const one = (id: string, env: string) =>
    `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier><DBInstanceStatus>stopped</DBInstanceStatus><DBInstanceClass>db.t3.micro</DBInstanceClass><Engine>mysql</Engine><EngineVersion>8.0.40</EngineVersion><AllocatedStorage>20</AllocatedStorage><IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled><DBClusterIdentifier>orders</DBClusterIdentifier><MultiAZ>true</MultiAZ><ReadReplicaSourceDBInstanceIdentifier>main</ReadReplicaSourceDBInstanceIdentifier><ReadReplicaDBInstanceIdentifiers><ReadReplicaDBInstanceIdentifier>copy</ReadReplicaDBInstanceIdentifier></ReadReplicaDBInstanceIdentifiers><AutomaticRestartTime>2026-11-30T02:00:00Z</AutomaticRestartTime><TagList>${tagsOf(env, 'Tag')}</TagList></DBInstance>`;
  const { clients } = await startClients({
    DescribeDBInstances: answerOf(
      'DescribeDBInstances',
      `<DBInstances>${one('dev-db', 'dev')}${one('prod-db', 'prod')}</DBInstances>`,
    ),
  });
  expect(await createDatabases({ clients, settings: settingsOf('dev') }).listDatabases(call())).toEqual([
    {
      id: 'dev-db',
      state: 'stopped',
      class: 'db.t3.micro',
      engine: 'mysql 8.0.40',
      storageGb: 20,
      endpoint: undefined,
      iamAuth: true,
      cluster: 'orders',
      replicaOf: 'main',
      replicas: ['copy'],
      multiAz: true,
      restartsAt: new Date('2026-11-30T02:00:00Z'),
    },
  ]);
});

const listMembers = (...members: string[]) => members.map((one) => `<member>${one}</member>`).join('');

test('balancers are an environment’s by name or by tags, with where they answer and how their targets are', async () => {
  const one = (name: string) =>
    `<LoadBalancerArn>arn:${name}</LoadBalancerArn><LoadBalancerName>${name}</LoadBalancerName><DNSName>${name}.example</DNSName><State><Code>active</Code></State>`;
  const { clients, wire } = await startClients({
    DescribeLoadBalancers: answerOf(
      'DescribeLoadBalancers',
      `<LoadBalancers>${listMembers(one(`${project}-dev-alb`), one('legacy'), one(`${project}-dev2-alb`))}</LoadBalancers>`,
    ),
    DescribeTags: answerOf(
      'DescribeTags',
      `<TagDescriptions>${listMembers(
        `<ResourceArn>arn:legacy</ResourceArn><Tags>${tagsOf('dev', 'member')}</Tags>`,
        `<ResourceArn>arn:${project}-dev2-alb</ResourceArn><Tags>${tagsOf('dev2', 'member')}</Tags>`,
      )}</TagDescriptions>`,
    ),
    DescribeListeners: answerOf(
      'DescribeListeners',
      `<Listeners>${listMembers(
        '<Protocol>TCP</Protocol><Port>22</Port>',
        '<Protocol>HTTP</Protocol><Port>80</Port><DefaultActions><member><Type>redirect</Type></member></DefaultActions>',
        '<Protocol>HTTPS</Protocol><Port>443</Port>',
        '<Protocol>HTTP</Protocol><Port>8080</Port><DefaultActions><member><Type>forward</Type></member></DefaultActions>',
      )}</Listeners>`,
    ),
    DescribeTargetGroups: answerOf(
      'DescribeTargetGroups',
      `<TargetGroups>${listMembers('<TargetGroupArn>arn:tg</TargetGroupArn>')}</TargetGroups>`,
    ),
    DescribeTargetHealth: answerOf(
      'DescribeTargetHealth',
      `<TargetHealthDescriptions>${listMembers(
        '<Target><Id>i-1</Id></Target><TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason></TargetHealth>',
      )}</TargetHealthDescriptions>`,
    ),
  });
  const balancers = await createNetwork({ clients, settings: settingsOf('dev') }).listBalancers(call());
  const targets = [{ id: 'i-1', state: 'unhealthy', reason: 'Target.Timeout' }];
  expect(balancers).toEqual([
    {
      name: `${project}-dev-alb`,
      state: 'active',
      url: `http://${project}-dev-alb.example:8080`,
      targets,
    },
    { name: 'legacy', state: 'active', url: 'http://legacy.example:8080', targets },
  ]);
  const asked = wire.seen.find(({ action }) => action === 'DescribeTags');
  expect(asked?.body).not.toContain('dev-alb&');
});

test('NAT gateways and endpoints are asked for by tags; each endpoint’s zones are counted', async () => {
  const { clients, wire } = await startClients({
    DescribeNatGateways: {
      body: '<DescribeNatGatewaysResponse><natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>available</state></item></natGatewaySet></DescribeNatGatewaysResponse>',
    },
    DescribeVpcEndpoints: {
      body: '<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><serviceName>com.amazonaws.ap-southeast-1.ssm</serviceName><state>available</state><subnetIdSet><item>subnet-1</item><item>subnet-2</item></subnetIdSet></item></vpcEndpointSet></DescribeVpcEndpointsResponse>',
    },
  });
  const network = createNetwork({ clients, settings: settingsOf('dev') });
  expect(await network.listNatGateways(call())).toEqual([{ id: 'nat-1', state: 'available' }]);
  expect(await network.listEndpoints(call())).toEqual([
    { id: 'vpce-1', service: 'ssm', state: 'available', zones: 2 },
  ]);
  for (const { body } of wire.seen) {
    const asked = [...new URLSearchParams(body).values()];
    expect(asked).toEqual(expect.arrayContaining(['tag:Project', project, 'tag:Environment', 'dev']));
  }
});

test('alarms are an environment’s by their name or by what they watch', async () => {
  const at = 1_795_000_000;
  const alarm = (AlarmName: string, Value: string) => ({
    AlarmName,
    StateValue: 'ALARM',
    StateReason: 'high',
    StateTransitionedTimestamp: at,
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value }],
  });
  const { clients } = await startClients({
    DescribeAlarms: json({
      MetricAlarms: [
        alarm(`${project}-dev-cpu`, 'x'),
        alarm('db-storage', `${project}-dev-rds-mysql`),
        alarm(`${project}-prod-cpu`, 'x'),
      ],
    }),
  });
  const settings = settingsOf('dev', { alarmPrefix: `${project}-dev-` });
  const alarms = await createAlarms({ clients, settings }).listAlarms(call());
  expect(alarms).toEqual([
    { name: `${project}-dev-cpu`, state: 'ALARM', since: new Date(at * 1_000), reason: 'high' },
    { name: 'db-storage', state: 'ALARM', since: new Date(at * 1_000), reason: 'high' },
  ]);
});

test('without a prefix, an alarm is an environment’s that watches its instance or its database’s resource', async () => {
  const alarm = (AlarmName: string, Name: string, Value: string) => ({
    AlarmName,
    StateValue: 'OK',
    Dimensions: [{ Name, Value }],
  });
  const { clients } = await startClients({
    DescribeAlarms: json({
      MetricAlarms: [
        alarm('cpu', 'InstanceId', 'i-0abc'),
        alarm('storage', 'DBInstanceIdentifier', 'db-RESOURCE'),
        alarm('other', 'InstanceId', 'i-0other'),
      ],
    }),
    DescribeInstances: {
      body: `<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-0abc</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
    },
    DescribeDBInstances: answerOf(
      'DescribeDBInstances',
      `<DBInstances><DBInstance><DBInstanceIdentifier>${project}-dev-rds</DBInstanceIdentifier><DbiResourceId>db-RESOURCE</DbiResourceId></DBInstance></DBInstances>`,
    ),
  });
  const alarms = await createAlarms({ clients, settings: settingsOf('dev') }).listAlarms(call());
  expect(alarms.map(({ name }) => name)).toEqual(['cpu', 'storage']);
});

test('a database without tags is an environment’s by its name; one with another’s tag is not', async () => {
  const one = (id: string, tags = '') =>
    `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier><TagList>${tags}</TagList></DBInstance>`;
  const { clients } = await startClients({
    DescribeDBInstances: answerOf(
      'DescribeDBInstances',
      `<DBInstances>${one('ride-dev-rds')}${one('ride-dev2-rds')}${one('ride-dev-copy', tagsOf('prod', 'Tag'))}</DBInstances>`,
    ),
  });
  const settings = settingsOf('dev', { databasePrefix: 'ride-dev' });
  const databases = await createDatabases({ clients, settings }).listDatabases(call());
  expect(databases.map(({ id }) => id)).toEqual(['ride-dev-rds']);
});
