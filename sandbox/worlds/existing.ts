import { accountId, project, region } from '../aws/constants.ts';
import { formatNestLine, pm2Date } from '../instance/nest-log.mjs';
import { placeBackendApi, placeWebDriver } from '../instance/team-release.ts';
import { machineUser } from '../instance/user.ts';
import type { World } from './world.ts';

const tags = { Environment: 'dev', Project: project, ManagedBy: 'terraform' };
const elb = `arn:aws:elasticloadbalancing:${region}:${accountId}`;
const host = 'i-0c5f2e9a71b3d8046';
const prefix = 'dev-d2-ride-booking';
const databaseId = 'd2-ride-booking-dev-rds-mysql';
const resourceId = 'db-7XQZ4VJ2M5KYTWANBRCDHE6FPU';
const role = `arn:aws:iam::${accountId}:role/d2-chatops-dev`;

const targetGroup = (name: string, id: string) => ({ name, arn: `${elb}:targetgroup/${name}/${id}` });

/**
 * A dev environment that another team's Terraform made: one host for two services, names that begin with the
 * environment, and no Project or Environment tag on what the bot has to find by name.
 */
export const existingWorld: World = {
  host,
  instances: [
    {
      id: host,
      type: 't3.small',
      privateIp: '10.30.11.24',
      tags: {
        ...tags,
        Name: `${prefix}-app-host`,
        Domain: 'd2.example.com',
        Service: 'app-host',
        ServiceBackend: 'backend-api',
        ServiceDriver: 'web-driver',
      },
    },
    {
      id: 'i-0e7a4410c2f6b95d3',
      type: 't3.micro',
      privateIp: '10.30.11.57',
      tags: { ...tags, Name: `${prefix}-bastion`, Service: 'bastion' },
    },
  ],
  pm2: { root: 'root/.pm2', app: 'home/appuser/.pm2', runsIn: 'app' },
  services: [
    {
      name: 'backend-api',
      port: 3000,
      place: placeBackendApi,
      targetGroup: targetGroup(`${prefix}-backend-api`, '5b1c09fe24a7d386'),
      // Nothing resolves these names on loopback: there `localhost` stands for the one, `127.0.0.1` for the other.
      hosts: ['api.d2.example.com', 'localhost'],
      logGroup: '/dev/backend-api',
    },
    {
      name: 'web-driver',
      port: 3001,
      place: placeWebDriver,
      targetGroup: targetGroup(`${prefix}-web-driver`, '90d7a2c3be5814f6'),
      hosts: ['driver.d2.example.com', '127.0.0.1'],
      logGroup: '/dev/web-driver',
    },
  ],
  database: {
    id: databaseId,
    resourceId,
    class: 'db.t3.micro',
    endpoint: `${databaseId}.cq7hm2t4wxyz.ap-southeast-1.rds.amazonaws.com`,
    arn: `arn:aws:rds:${region}:${accountId}:db:${databaseId}`,
    tags: { Name: databaseId },
  },
  natGateway: { id: 'nat-0e71dev0000000001', tags: { ...tags, Name: `${prefix}-nat` } },
  endpoints: ['ssm', 'ssmmessages', 'ec2messages'].map((service, index) => ({
    id: `vpce-0e71dev000000000${index + 1}`,
    service: `com.amazonaws.${region}.${service}`,
    tags: { ...tags, Name: `${prefix}-${service}` },
  })),
  loadBalancer: {
    name: `${prefix}-alb`,
    arn: `${elb}:loadbalancer/app/${prefix}-alb/2a8f6c01d94be573`,
    httpListener: `${elb}:listener/app/${prefix}-alb/2a8f6c01d94be573/6e4d0b7a93c15f28`,
    httpsListener: `${elb}:listener/app/${prefix}-alb/2a8f6c01d94be573/b35c8e2017fa9d64`,
    https: true,
    tags: { Name: `${prefix}-alb` },
  },
  pool: {
    id: 'ap-southeast-1_ExistsDev',
    name: prefix,
    client: { id: '6k0pq4v8d1s7m3x9c2b5n8t4za', name: `${prefix}-client`, hidesUsers: false },
    tags: { Name: prefix },
    groups: ['ADMIN', 'DRIVER', 'PASSENGER'],
    caseSensitive: false,
    required: [],
    minimumLength: 8,
    customAttributes: [{ name: 'custom:role', min: 5, max: 10 }],
    users: [
      { email: 'admin@demo.fikri.dev', ...withRole('ADMIN'), daysAgo: 310 },
      { email: 'driver.hana@example.com', ...withRole('DRIVER'), daysAgo: 96 },
      // The service reads the attribute, and a user who was added by hand may be in no group.
      {
        email: 'driver.omar@example.com',
        groups: [],
        attributes: { 'custom:role': 'DRIVER' },
        daysAgo: 31,
      },
      { email: 'mei@example.com', ...withRole('PASSENGER'), daysAgo: 80 },
      {
        email: 'arif@example.com',
        ...withRole('PASSENGER'),
        daysAgo: 2,
        status: 'FORCE_CHANGE_PASSWORD',
      },
      // Cognito puts everybody of a provider into a group of its name.
      {
        username: 'Google_104382916450917726381',
        email: 'Lina.Tan@example.com',
        groups: ['ap-southeast-1_ExistsDev_Google'],
        attributes: { 'custom:role': 'PASSENGER', email_verified: 'false' },
        daysAgo: 12,
        status: 'EXTERNAL_PROVIDER',
      },
    ],
  },
  alarms: [
    {
      name: `${prefix}-ec2-cpu-high`,
      metric: 'CPUUtilization',
      namespace: 'AWS/EC2',
      dimension: { Name: 'InstanceId', Value: host },
      threshold: 80,
    },
    {
      name: `${prefix}-ec2-status-check-failed`,
      metric: 'StatusCheckFailed',
      namespace: 'AWS/EC2',
      dimension: { Name: 'InstanceId', Value: host },
      threshold: 1,
    },
    {
      name: `${prefix}-rds-cpu-high`,
      metric: 'CPUUtilization',
      namespace: 'AWS/RDS',
      // As Terraform's `aws_db_instance.id` is: the resource's id, not the name.
      dimension: { Name: 'DBInstanceIdentifier', Value: resourceId },
      threshold: 80,
    },
  ],
  logs: {
    streamOf: (instance, _, source) =>
      `${instance}-${{ out: 'stdout', err: 'stderr', boot: 'user-data' }[source]}`,
    format: (line, at) => `${pm2Date(at)}: ${formatNestLine(line)}`,
    boot: [
      '+ dnf install -y nodejs20 mariadb105 amazon-cloudwatch-agent',
      '+ npm install -g pm2@7.0.4',
      '+ useradd --system --create-home --shell /bin/bash appuser',
      '+ systemctl enable pm2-appuser',
      'user-data finished',
    ],
  },
  assumableRoles: [role],
  configuration: ({ machine: { homes, appRoot }, urls }) => ({
    environment: {
      account: accountId,
      assume: role,
      prefix,
      database: 'd2-ride-booking-dev',
      pm2: { homes: [{ home: homes.app, user: machineUser }], apps: appRoot, logs: 'shared/logs' },
      cognito: { pool: prefix, client: `${prefix}-client`, roles: 'both', attribute: 'custom:role' },
      alarms: `${prefix}-`,
      services: {
        'backend-api': { tag: { key: 'ServiceBackend', value: 'backend-api' } },
        'web-driver': { tag: { key: 'ServiceDriver', value: 'web-driver' } },
      },
    },
    services: Object.fromEntries(
      ['backend-api', 'web-driver'].map((name) => [
        name,
        {
          url: urls[name],
          logs: `/{env}/${name}`,
          streams: { out: 'stdout', err: 'stderr' },
          ...(name === 'web-driver' && { database: false }),
        },
      ]),
    ),
  }),
};

function withRole(role: string) {
  return { groups: [role], attributes: { 'custom:role': role } };
}
