import type { RoleDirectory } from '../core/access/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { Stores } from '../stores/stores.ts';
import type { Environment } from './environment.ts';

/** All that commands may ask of the world. */
export interface Platform {
  clock: Clock;
  roleDirectory: RoleDirectory;
  /** The team's. */
  timezone: string;
  /** Throws `UserError` not-found for one that `d2.yaml` does not name. */
  environment(name: string): Environment;
  /** For the last change, the lock and medians; absent without a table. */
  stores: Stores | undefined;
}
