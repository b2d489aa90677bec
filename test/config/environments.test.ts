import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults, read, readTerminal } from './reading.ts';

const root = join(import.meta.dirname, '../..');

/** Two environments, two services; tests put their lines at the marks. */
const file = ({ dev = '', prod = '', backend = '', driver = '', end = '' } = {}) => `app: A0D2CHATOPS
project: d2-ride-booking
region: ap-southeast-1
timezone: Asia/Kuala_Lumpur
environments:
  dev:
    channel: C0OPS
    protected: false
    roles: {}
${dev}
  prod:
    channel: C0PROD
    roles: {}
${prod}
services:
  backend-api:
    health: /health
${backend}
  web-driver:
    health: /health
${driver}
${end}
`;

const settingsOf = (yaml: string, env = 'dev') => {
  const settings = read(yaml).environments.get(env)?.settings;
  if (!settings) throw new Error(`no ${env}`);
  return settings;
};

describe('an environment that says nothing', () => {
  it('is laid out as our own Terraform lays it out', () => {
    const { where: _, ...settings } = settingsOf(file());
    expect(settings).toEqual({
      name: 'dev',
      project: 'd2-ride-booking',
      region: 'ap-southeast-1',
      protected: false,
      account: undefined,
      assume: undefined,
      prefixes: ['d2-ride-booking-dev'],
      databasePrefix: 'd2-ride-booking-dev',
      pm2: {
        homes: [
          { home: '/root/.pm2', user: 'root' },
          { home: '/home/ec2-user/.pm2', user: 'ec2-user' },
        ],
        apps: '/opt/apps',
        logs: undefined,
      },
      cognito: { pool: undefined, client: undefined, roles: 'group', attribute: 'custom:role' },
      alarmPrefix: undefined,
      services: ['backend-api', 'web-driver'].map((name) => ({
        name,
        tag: { key: 'Service', value: name },
        pm2: name,
        port: undefined,
        health: '/health',
        ready: '/health/ready',
        usesDatabase: true,
        url: undefined,
        logGroup: undefined,
        streams: undefined,
      })),
      selfInstance: undefined,
    });
  });
});

describe('an environment that exists already', () => {
  it('is described by the second example', () => {
    const config = readTerminal({ cwd: join(root, 'docs/examples'), path: 'existing.d2.yaml', env: {} });
    const { where: _, ...dev } = config.environments.get('dev')?.settings ?? {};
    expect(dev).toMatchObject({
      prefixes: ['dev-d2-ride-booking', 'd2-ride-booking-dev'],
      databasePrefix: 'd2-ride-booking-dev',
      pm2: { homes: [{ home: '/home/appuser/.pm2', user: 'appuser' }, {}], logs: 'shared/logs' },
      cognito: { pool: 'dev-d2-ride-booking', client: 'dev-d2-ride-booking-client', roles: 'both' },
      services: [
        {
          name: 'backend-api',
          tag: { key: 'ServiceBackend', value: 'backend-api' },
          pm2: 'backend-api',
          port: 3000,
          url: 'https://api.d2.example.com',
          logGroup: '/dev/backend-api',
          streams: { out: 'stdout', err: 'stderr' },
        },
        { name: 'web-driver', tag: { key: 'ServiceDriver', value: 'web-driver' }, port: 3001 },
      ],
    });
  });

  it('comes with its schema for editors', () => {
    expect(readFileSync(join(root, 'docs/examples/existing.d2.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/d2\.schema\.json/,
    );
  });

  it('has what it says itself over what its services say everywhere', () => {
    const yaml = file({
      backend: '    logs: /{env}/backend-api\n    port: 3000\n    url: https://api.{env}.example.com/',
      prod: '    services: { backend-api: { port: 8080, logs: /aws/prod } }',
    });
    expect(settingsOf(yaml, 'dev').services[0]).toMatchObject({
      port: 3000,
      logGroup: '/dev/backend-api',
      url: 'https://api.dev.example.com',
    });
    expect(settingsOf(yaml, 'prod').services[0]).toMatchObject({ port: 8080, logGroup: '/aws/prod' });
  });

  it('pays the prices of its own region', () => {
    const away =
      '    region: eu-west-1\n    prices: { nat_gateway: 0.048, balancer: 0.03, endpoint_zone: 0.011 }';
    const { environments } = read(file({ prod: away, end: 'prices: { balancer: 0.02 }' }));
    const of = (env: string) => environments.get(env)?.prices;
    expect([of('dev')?.balancer, of('dev')?.natGateway]).toEqual([0.02, 0.059]);
    expect([of('prod')?.balancer, of('prod')?.natGateway]).toEqual([0.03, 0.048]);
    expect(of('prod')?.instance('t3.small')).toBeUndefined();
  });

  it('tells where the file says a thing, for what shows only at its first use', () => {
    const { where } = settingsOf(
      file({
        dev: '    cognito: { pool: dev-pool }\n    services: { web-driver: { port: 3001 } }',
        driver: '    tag: { key: ServiceDriver, value: web-driver }',
      }),
    );
    expect(where('cognito.pool')).toBe('d2.yaml:10 environments.dev.cognito.pool');
    expect(where('services.web-driver.port')).toBe('d2.yaml:11 environments.dev.services.web-driver.port');
    expect(where('services.web-driver.tag')).toBe('d2.yaml:22 services.web-driver.tag');
    // What nobody said stands where it would be written.
    expect(where('assume')).toBe('d2.yaml:6 environments.dev.assume');
  });
});

describe('what is new and wrong', () => {
  it.each([
    [
      'dev',
      '    region: singapore',
      /^d2.yaml:10 environments.dev.region: "singapore", expected an AWS region/,
    ],
    ['dev', '    account: 111122223333', /environments.dev.account: "111122223333", expected .* in quotes/],
    [
      'dev',
      '    assume: arn:aws:sts::000011112222:assumed-role/D2/x',
      /^d2.yaml:10 environments.dev.assume: .*expected an IAM role’s ARN/,
    ],
    [
      'dev',
      "    account: '000011112222'\n    assume: arn:aws:iam::999911112222:role/d2",
      /^d2.yaml:10 environments.dev.account: 000011112222, but the role of assume is in 999911112222/,
    ],
    [
      'dev',
      "    account: '000011112222'",
      /environments.dev.account: never checked, .*expected assume beside it/,
    ],
    ['dev', '    prefix: -dev', /^d2.yaml:10 environments.dev.prefix: "-dev", expected how names begin/],
    ['dev', '    database: dev_db', /environments.dev.database: "dev_db", expected how a database’s name/],
    ['dev', '    pm2: { homes: [] }', /^d2.yaml:10 environments.dev.pm2.homes: empty, expected at least one/],
    [
      'dev',
      '    pm2:\n      homes:\n        - { home: /a/.pm2, user: a }\n        - { home: /a/.pm2, user: b }',
      /^d2.yaml:13 environments.dev.pm2.homes\[1\].home: \/a\/.pm2 a second time/,
    ],
    [
      'dev',
      '    pm2: { homes: [{ home: /a/.pm2, user: a, usr: a }] }',
      /^d2.yaml:10 environments.dev.pm2.homes\[0\].usr: unknown, did you mean user\?/,
    ],
    [
      'dev',
      '    pm2: { homes: [{ home: /a/.pm2, user: "a b" }] }',
      /homes\[0\].user: "a b", expected a Linux user/,
    ],
    [
      'dev',
      '    pm2: { logs: /var/log }',
      /environments.dev.pm2.logs: "\/var\/log", expected a folder below/,
    ],
    ['dev', '    pm2: { logs: ../logs }', /environments.dev.pm2.logs: "..\/logs", expected a folder below/],
    [
      'dev',
      '    pm2: { root: /root/.pm2 }',
      /environments.dev.pm2.root: unknown, .*nown here: homes, apps, logs/,
    ],
    [
      'dev',
      '    cognito: { roles: groups }',
      /cognito.roles: "groups", expected one of group, attribute, both/,
    ],
    [
      'dev',
      '    cognito: { roles: attribute, attribute: role }',
      /cognito.attribute: "role", expected a user attribute such as custom:role/,
    ],
    [
      'dev',
      '    cognito: { attribute: custom:rank }',
      /cognito.attribute: never read, since roles are groups here: expected `roles: attribute` or/,
    ],
    [
      'dev',
      '    cognito: { pool: riders, tag: { key: Purpose, value: riders } }',
      /cognito.tag: never read, since pool names it: expected one of the two/,
    ],
    ['dev', '    cognito: { tag: { key: Purpose } }', /cognito.tag.value: missing, expected a tag’s value/],
    [
      'dev',
      '    services: { web-drivr: { port: 3001 } }',
      /^d2.yaml:10 environments.dev.services.web-drivr: unknown, did you mean web-driver\?/,
    ],
    [
      'dev',
      '    services: { web-driver: { logs: "/{env}/web" } }',
      /environments.dev.services.web-driver.logs: .*expected a log group’s name/,
    ],
    [
      'backend',
      '    tag: { key: ServiceBackend }',
      /^d2.yaml:18 services.backend-api.tag.value: missing, expected a tag’s value such as backend-api/,
    ],
    [
      'backend',
      '    tag: { key: ServiceBackend, value: "" }',
      /^d2.yaml:18 services.backend-api.tag.value: "", expected a tag’s value such as backend-api/,
    ],
    ['backend', '    tag: backend-api', /services.backend-api.tag: "backend-api", expected a map/],
    ['backend', '    port: "3000"', /services.backend-api.port: "3000", expected a port from 1 to 65535/],
    ['backend', '    port: 0', /services.backend-api.port: "0", expected a port/],
    [
      'backend',
      '    url: ftp://api.example.com',
      /backend-api.url: "ftp:.*", expected an address such as https/,
    ],
    ['backend', '    url: https://me:secret@api.example.com', /backend-api.url: .*expected an address/],
    [
      'backend',
      '    url: https://api.example.com',
      /^d2.yaml:18 services.backend-api.url: the same for dev and prod, expected {env} in it, or environments/,
    ],
    ['backend', '    logs: /{environment}/api', /backend-api.logs: .*expected a log group’s name, {env} for/],
    [
      'backend',
      '    logs: /dev/backend-api',
      /backend-api.logs: the same for dev and prod, expected {env} in it/,
    ],
    [
      'backend',
      '    logs: { dev: "a b" }',
      /^d2.yaml:18 services.backend-api.logs.dev: "a b", expected a log group/,
    ],
    [
      'backend',
      '    logs: { dve: /dev }',
      /^d2.yaml:18 services.backend-api.logs.dve: unknown, did you mean dev/,
    ],
    ['backend', '    logs: 7', /services.backend-api.logs: "7", expected a log group’s name/],
    [
      'backend',
      '    streams: { out: log, err: log }',
      /backend-api.streams: log for both, expected a word that only/,
    ],
    [
      'backend',
      '    streams: { out: stdout }',
      /backend-api.streams.err: missing, expected a word of its streams/,
    ],
  ])('in %s, %s', (place, yaml, told) => {
    const found = faults(file({ [place]: yaml }));
    expect(found).toEqual([expect.stringMatching(told)]);
  });

  it('is told as well where a whole region has no prices', () => {
    expect(faults(file({ prod: '    region: eu-west-1' }))).toEqual([
      expect.stringMatching(
        /^d2.yaml:11 environments.prod.prices: none are built in for eu-west-1, expected nat_gateway/,
      ),
    ]);
  });

  it('is one process or one port for two services of one host', () => {
    const tag = '    tag: { key: Service, value: app-host }';
    const both = {
      backend: `${tag}\n    pm2: app\n    port: 3000`,
      driver: `${tag}\n    pm2: app\n    port: 3000`,
    };
    expect(faults(file(both))).toEqual([
      expect.stringMatching(
        /^d2.yaml:24 services.web-driver.pm2: app is backend-api’s name in PM2 too, and both are on the instances tagged Service=app-host in dev/,
      ),
      expect.stringMatching(/^d2.yaml:25 services.web-driver.port: 3000 is backend-api’s port too/),
    ]);
    expect(faults(file({ backend: '    pm2: app', driver: '    pm2: app' }))).toEqual([]);
  });

  it('is a prefix that another environment’s names have too', () => {
    expect(faults(file({ dev: '    prefix: d2', prod: '    prefix: d2-prod' }))).toEqual([
      expect.stringMatching(
        /^d2.yaml:10 environments.dev.prefix: d2 begins prod’s names too \(d2-prod\), expected what only dev’s/,
      ),
    ]);
    expect(faults(file({ dev: '    database: d2-ride-booking-prod' }))).toEqual([
      expect.stringContaining('environments.dev.database: d2-ride-booking-prod begins prod’s names too'),
    ]);
    const elsewhere = '    prefix: d2-prod\n    assume: arn:aws:iam::999911112222:role/d2';
    expect(faults(file({ dev: '    prefix: d2', prod: elsewhere }))).toEqual([]);
  });

  it('is told all at once', () => {
    const many = file({
      dev: '    region: here\n    cognito: { attribute: role }\n    pm2: { homes: [] }',
      backend: '    tag: { key: A }\n    url: nowhere',
      driver: '    port: many',
    });
    expect(faults(many).map((fault) => /^\S+ (\S+):/.exec(fault)?.[1])).toEqual([
      'environments.dev.region',
      'environments.dev.cognito.attribute',
      'environments.dev.pm2.homes',
      'services.backend-api.tag.value',
      'services.backend-api.url',
      'services.web-driver.port',
    ]);
  });
});

describe('names that commands know already', () => {
  it.each(['error', 'today', 'bastion', 'status'])('refuses an environment called %s', (name) => {
    const named = file().replace('  dev:', `  ${name}:`);
    expect(faults(named)).toEqual([
      expect.stringMatching(new RegExp(`^d2.yaml:6 environments.${name}: already a word of commands`)),
    ]);
  });
});
