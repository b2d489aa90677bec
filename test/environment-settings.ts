import type { EnvironmentSettings, ServiceSettings } from '../src/platform/settings.ts';

/** What `d2.yaml` says of an environment of our own layout. */
export const settingsOf = (
  name: string,
  changes: Partial<EnvironmentSettings> = {},
): EnvironmentSettings => ({
  name,
  project: 'd2-ride-booking',
  region: 'ap-southeast-1',
  protected: name === 'prod',
  account: undefined,
  assume: undefined,
  prefixes: [`d2-ride-booking-${name}`],
  databasePrefix: `d2-ride-booking-${name}`,
  pm2: {
    homes: [
      { home: '/root/.pm2', user: 'root' },
      { home: '/home/ec2-user/.pm2', user: 'ec2-user' },
    ],
    apps: '/opt/apps',
    logs: undefined,
  },
  cognito: { pool: undefined, client: undefined, tag: undefined, roles: 'group', attribute: 'custom:role' },
  alarmPrefix: undefined,
  services: [serviceOf('backend-api')],
  selfInstance: undefined,
  where: (path) => `d2.yaml environments.${name}.${path}`,
  ...changes,
});

export const serviceOf = (name: string, changes: Partial<ServiceSettings> = {}): ServiceSettings => ({
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
  ...changes,
});
