import { accountId, project, region } from '../aws/constants.ts';
import { placeOwnRelease } from '../instance/release.ts';
import { machineUser } from '../instance/user.ts';
import type { World } from './world.ts';

const tags = (service: string, name: string) => ({
  Project: project,
  Environment: 'dev',
  Service: service,
  Name: name,
  ManagedBy: 'terraform',
});
const elb = `arn:aws:elasticloadbalancing:${region}:${accountId}`;
const host = 'i-080c218b1eb3925ee';
const logGroup = '/aws/ec2/dev-d2-ride-booking-backend';

/** The guide's dev environment (sections 1, 3, 5, 6.1) as infra/terraform makes it, with every toggle on but the web sites. */
export const ownWorld: World = {
  host,
  instances: [
    {
      id: host,
      type: 't3.small',
      privateIp: '10.20.11.24',
      tags: tags('backend-api', 'd2-ride-booking-dev-backend'),
    },
    {
      id: 'i-0123456789abcdef0',
      type: 't3.micro',
      privateIp: '10.20.11.57',
      tags: tags('bastion', 'd2-ride-booking-dev-bastion'),
    },
  ],
  pm2: { root: 'root/.pm2', app: 'home/ec2-user/.pm2', runsIn: 'root' },
  services: [
    {
      name: 'backend-api',
      port: 3000,
      place: placeOwnRelease,
      targetGroup: {
        name: 'd2-ride-booking-dev-backend-tg',
        arn: `${elb}:targetgroup/d2-ride-booking-dev-backend-tg/73e2d6bc24d8a067`,
      },
      logGroup,
    },
  ],
  database: {
    id: 'd2-ride-booking-dev-rds-mysql',
    resourceId: 'db-K2RWCJ4QTZ7XNHVD5BMLEPAY3U',
    class: 'db.t3.micro',
    endpoint: 'd2-ride-booking-dev-rds-mysql.c9akciq32xyz.ap-southeast-1.rds.amazonaws.com',
    arn: `arn:aws:rds:${region}:${accountId}:db:d2-ride-booking-dev-rds-mysql`,
    tags: tags('rds', 'd2-ride-booking-dev-rds-mysql'),
  },
  natGateway: { id: 'nat-0d2dev00000000001', tags: tags('nat', 'd2-ride-booking-dev-nat') },
  endpoints: ['ssm', 'ssmmessages', 'ec2messages'].map((service, index) => ({
    id: `vpce-0d2dev0000000000${index + 1}`,
    service: `com.amazonaws.${region}.${service}`,
    tags: tags('vpc-endpoint', `d2-ride-booking-dev-${service}`),
  })),
  loadBalancer: {
    name: 'd2-ride-booking-dev-alb',
    arn: `${elb}:loadbalancer/app/d2-ride-booking-dev-alb/50dc6c495c0c9188`,
    httpListener: `${elb}:listener/app/d2-ride-booking-dev-alb/50dc6c495c0c9188/f2f7dc8efc522ab2`,
    httpsListener: `${elb}:listener/app/d2-ride-booking-dev-alb/50dc6c495c0c9188/0467ef3c8400ae65`,
    https: false,
    tags: tags('alb', 'd2-ride-booking-dev-alb'),
  },
  pool: {
    id: 'ap-southeast-1_D2SandBox',
    name: 'd2-ride-booking-dev',
    client: { id: '1ak3tj1bn3neor7hgsjr1ml5h3', name: 'd2-ride-booking-dev-app', hidesUsers: true },
    tags: tags('cognito', 'd2-ride-booking-dev'),
    groups: ['ADMIN', 'DRIVER', 'PASSENGER'],
    caseSensitive: false,
    required: [],
    minimumLength: 12,
    customAttributes: [],
    // The guide’s admin is not among them, so that its 7.2 creates one. Their passwords are unknown: `aws cognito-idp admin-set-user-password` gives them one to sign in with.
    users: [
      { email: 'nadia@example.com', groups: ['ADMIN'], daysAgo: 290 },
      { email: 'driver.amin@example.com', groups: ['DRIVER'], daysAgo: 120 },
      { email: 'driver.lee@example.com', groups: ['DRIVER'], daysAgo: 44 },
      { email: 'siti@example.com', groups: ['PASSENGER'], daysAgo: 90 },
      { email: 'raj@example.com', groups: ['PASSENGER'], daysAgo: 3, status: 'FORCE_CHANGE_PASSWORD' },
    ],
  },
  alarms: [
    {
      name: 'd2-ride-booking-dev-backend-status-check',
      metric: 'StatusCheckFailed',
      namespace: 'AWS/EC2',
      dimension: { Name: 'InstanceId', Value: host },
      threshold: 1,
    },
    {
      name: 'd2-ride-booking-dev-rds-cpu',
      metric: 'CPUUtilization',
      namespace: 'AWS/RDS',
      dimension: { Name: 'DBInstanceIdentifier', Value: 'd2-ride-booking-dev-rds-mysql' },
      threshold: 80,
    },
  ],
  logs: {
    streamOf: (instance, service, source) =>
      source === 'boot'
        ? `${instance}/cloud-init-output.log`
        : `${instance}/${service}-${source === 'out' ? 'out' : 'error'}.log`,
    format: (line) => line,
    boot: [
      "Cloud-init v. 22.2.2 running 'modules:final'",
      'node v20.20.2',
      'pm2 7.0.4',
      'Cloud-init v. 22.2.2 finished. Datasource DataSourceEc2',
    ],
  },
  assumableRoles: [],
  configuration: ({ machine: { homes, appRoot } }) => ({
    environment: {
      pm2: {
        homes: [
          { home: homes.root, user: machineUser },
          { home: homes.app, user: machineUser },
        ],
        apps: appRoot,
      },
    },
    services: { 'backend-api': { logs: { dev: logGroup } } },
  }),
};
