import type { Clock } from '../core/clock.ts';
import type { Operations, Trail } from '../core/operation/record.ts';
import type { Call, Ports } from '../platform/platform.ts';
import { createAlarms } from './alarms.ts';
import { type ClientOptions, createClients } from './client/clients.ts';
import { createClock } from './clock.ts';
import { createCompute } from './compute.ts';
import { createDatabase } from './databases.ts';
import { createLogs } from './logs.ts';
import { createNetwork } from './network.ts';
import { createShell, type Paths } from './instances.ts';
import { createOperations } from './stores/operations.ts';
import { createTrail } from './stores/audit.ts';
import { createUsers } from './users.ts';
import { findIdentity, type Identity } from './identity.ts';

interface AwsOptions extends ClientOptions {
  project: string;
  /** DynamoDB table of operations; without it there are no changes. */
  table?: string | undefined;
  /** Log group of the audit trail; without it there are no changes. */
  auditGroup?: string | undefined;
  paths?: Paths;
}

type AwsPorts = Pick<
  Ports,
  'alarms' | 'clock' | 'compute' | 'database' | 'logs' | 'network' | 'operations' | 'shell' | 'users'
>;

/** What AWS gives to the bot. */
export interface Aws {
  ports: AwsPorts;
  clock: Clock;
  operations: Operations | undefined;
  trail: Trail | undefined;
  findIdentity(call: Call): Promise<Identity>;
  /** Ends the sockets. */
  close(): void;
}

/** Every adapter over one set of clients. */
export function createAws({ project, table, auditGroup, paths, ...options }: AwsOptions): Aws {
  const clients = createClients(options);
  const clock = createClock(clients);
  const operations = table ? createOperations({ clients, table, clock }) : undefined;
  return {
    ports: {
      alarms: createAlarms({ clients, project }),
      clock,
      compute: createCompute({ clients, project }),
      database: createDatabase({ clients, project }),
      logs: createLogs({ clients }),
      network: createNetwork({ clients, project }),
      operations,
      shell: createShell({ clients, ...(paths && { paths }) }),
      users: createUsers({ clients, project }),
    },
    clock,
    operations,
    trail: auditGroup ? createTrail({ clients, group: auditGroup, clock }) : undefined,
    findIdentity: (call) => findIdentity({ clients }, call),
    close: clients.close,
  };
}
