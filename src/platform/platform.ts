import type { RoleDirectory } from '../core/access/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { Stores } from '../stores/stores.ts';
import type { Alarms } from './alarms.ts';
import type { Compute } from './compute.ts';
import type { Databases } from './databases.ts';
import type { Instances } from './instances.ts';
import type { Logs } from './logs.ts';
import type { Network } from './network.ts';
import type { Prices } from './prices.ts';
import type { Settings } from './settings.ts';
import type { Users } from './users.ts';

/** All that commands may ask of the world. */
export interface Platform {
  clock: Clock;
  compute: Compute;
  databases: Databases;
  network: Network;
  instances: Instances;
  logs: Logs;
  alarms: Alarms;
  users: Users;
  prices: Prices;
  settings: Settings;
  roleDirectory: RoleDirectory;
  /** For the last change, the lock and medians; absent without a table. */
  stores: Stores | undefined;
}
