import { accountId } from './auth/authenticate.ts';

export const region = 'ap-southeast-1';
const project = 'd2-ride-booking';

/** The guide's dev environment (sections 1, 3, 5, 6.1), as AWS would list it with every toggle on but the web sites. */
const tags = (service: string, name: string) => ({
  Project: project,
  Environment: 'dev',
  Service: service,
  Name: name,
  ManagedBy: 'terraform',
});

export const instances = [
  {
    id: 'i-080c218b1eb3925ee',
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
] as const;

export const backendInstance = instances[0].id;

export const database = {
  id: 'd2-ride-booking-dev-rds-mysql',
  class: 'db.t3.micro',
  endpoint: 'd2-ride-booking-dev-rds-mysql.c9akciq32xyz.ap-southeast-1.rds.amazonaws.com',
  arn: `arn:aws:rds:${region}:${accountId}:db:d2-ride-booking-dev-rds-mysql`,
  tags: tags('rds', 'd2-ride-booking-dev-rds-mysql'),
} as const;

export const subnets = ['subnet-0a11d2dev0000000a', 'subnet-0b22d2dev0000000b'] as const;
export const vpc = 'vpc-0d2dev00000000001';

export const natGateway = {
  id: 'nat-0d2dev00000000001',
  tags: tags('nat', 'd2-ride-booking-dev-nat'),
} as const;

export const endpoints = ['ssm', 'ssmmessages', 'ec2messages'].map((service, index) => ({
  id: `vpce-0d2dev0000000000${index + 1}`,
  service: `com.amazonaws.${region}.${service}`,
  tags: tags('vpc-endpoint', `d2-ride-booking-dev-${service}`),
}));

const elb = `arn:aws:elasticloadbalancing:${region}:${accountId}`;
export const balancer = {
  name: 'd2-ride-booking-dev-alb',
  arn: `${elb}:loadbalancer/app/d2-ride-booking-dev-alb/50dc6c495c0c9188`,
  listener: `${elb}:listener/app/d2-ride-booking-dev-alb/50dc6c495c0c9188/f2f7dc8efc522ab2`,
  httpsListener: `${elb}:listener/app/d2-ride-booking-dev-alb/50dc6c495c0c9188/0467ef3c8400ae65`,
  group: `${elb}:targetgroup/d2-ride-booking-dev-backend-tg/73e2d6bc24d8a067`,
  groupName: 'd2-ride-booking-dev-backend-tg',
  tags: tags('alb', 'd2-ride-booking-dev-alb'),
} as const;

export const pool = {
  id: 'ap-southeast-1_D2SandBox',
  name: 'd2-ride-booking-dev',
  client: '1ak3tj1bn3neor7hgsjr1ml5h3',
  groups: ['ADMIN', 'DRIVER', 'PASSENGER'],
} as const;

export const logGroup = '/aws/ec2/dev-d2-ride-booking-backend';
export const auditGroup = '/d2/chatops/audit';
export const table = 'd2-chatops';
export const masterSecret = 'd2-ride-booking-dev-rds-master';
export const masterPassword = 'not-a-real-one-In-The-Sandbox-1';

/** AWS's `[{Key, Value}]`. */
export const tagList = (of: Readonly<Record<string, string>>) =>
  Object.entries(of).map(([Key, Value]) => ({ Key, Value }));

/** The same, as EC2's XML has it. */
export const tagSet = (of: Readonly<Record<string, string>>) => ({
  item: tagList(of).map(({ Key, Value }) => ({ key: Key, value: Value })),
});

/** An instance's root volume, 20 GB of gp3 each. */
export const volumeOf = ({ id, tags: of }: { id: string; tags: Readonly<Record<string, string>> }) => ({
  id: id.replace(/^i-/, 'vol-'),
  size: 20,
  tags: of,
});
