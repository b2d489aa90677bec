import type { Clock } from '../core/clock.ts';
import type { Call } from '../platform/call.ts';
import type { Platform } from '../platform/platform.ts';
import type { AuditLog } from '../stores/audit.ts';
import type { Stores } from '../stores/stores.ts';
import { createAlarms } from './alarms.ts';
import { type ClientOptions, createClients } from './client/clients.ts';
import { createClock } from './clock.ts';
import { createCompute } from './compute.ts';
import { createDatabases } from './databases.ts';
import { findIdentity, type Identity } from './identity.ts';
import { createInstances, type Paths } from './instances.ts';
import { createLogs } from './logs.ts';
import { createNetwork } from './network.ts';
import { createAuditLog } from './stores/audit.ts';
import { createStores } from './stores/stores.ts';
import { createUsers } from './users.ts';

interface AwsOptions extends ClientOptions {
  project: string;
  /** DynamoDB table of operations; without it there are no changes. */
  table?: string | undefined;
  /** Log group of the audit trail; without it there are no changes. */
  auditGroup?: string | undefined;
  paths?: Paths;
}

type AwsPlatform = Pick<
  Platform,
  'alarms' | 'clock' | 'compute' | 'databases' | 'logs' | 'network' | 'stores' | 'instances' | 'users'
>;

/** What AWS gives to the bot. */
export interface Aws {
  platform: AwsPlatform;
  clock: Clock;
  stores: Stores | undefined;
  audit: AuditLog | undefined;
  findIdentity(call: Call): Promise<Identity>;
  /** Ends the sockets. */
  close(): void;
}

/** Every adapter over one set of clients. */
export function createAws({ project, table, auditGroup, paths, ...options }: AwsOptions): Aws {
  const clients = createClients(options);
  const clock = createClock(clients);
  const stores = table ? createStores({ clients, table, clock }) : undefined;
  return {
    platform: {
      alarms: createAlarms({ clients, project }),
      clock,
      compute: createCompute({ clients, project }),
      databases: createDatabases({ clients, project }),
      logs: createLogs({ clients }),
      network: createNetwork({ clients, project }),
      stores,
      instances: createInstances({ clients, ...(paths && { paths }) }),
      users: createUsers({ clients, project }),
    },
    clock,
    stores,
    audit: auditGroup ? createAuditLog({ clients, group: auditGroup, clock }) : undefined,
    findIdentity: (call) => findIdentity({ clients }, call),
    close: clients.close,
  };
}
