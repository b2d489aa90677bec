import type { Alarms } from './alarms.ts';
import type { Compute } from './compute.ts';
import type { Databases } from './databases.ts';
import type { Instances } from './instances.ts';
import type { Logs } from './logs.ts';
import type { Network } from './network.ts';
import type { Prices } from './prices.ts';
import type { EnvironmentSettings } from './settings.ts';
import type { Users } from './users.ts';

/** All that commands may ask of one environment, in its own account and region. */
export interface Environment {
  name: string;
  settings: EnvironmentSettings;
  compute: Compute;
  databases: Databases;
  network: Network;
  instances: Instances;
  logs: Logs;
  alarms: Alarms;
  users: Users;
  /** Of its region. */
  prices: Prices;
}
