import type { Clock } from '../core/clock.ts';
import type { Call } from '../platform/call.ts';
import type { Environment } from '../platform/environment.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import type { AuditLog } from '../stores/audit.ts';
import type { Stores } from '../stores/stores.ts';
import { createAlarms } from './alarms.ts';
import { createEnvironmentClients } from './client/assumed-role.ts';
import { type ClientOptions, type Clients, createClients } from './client/clients.ts';
import { createClock } from './clock.ts';
import { createCompute } from './compute.ts';
import { createDatabases } from './databases.ts';
import { findIdentity, type Identity } from './identity.ts';
import { createInstances } from './instances.ts';
import { createLogs } from './logs.ts';
import { createNetwork } from './network.ts';
import { createAuditLog } from './stores/audit.ts';
import { createStores } from './stores/stores.ts';
import { createUsers } from './users.ts';

interface AwsOptions extends ClientOptions {
  /** DynamoDB table of operations; without it there are no changes. */
  table?: string | undefined;
  /** Log group of the audit trail; without it there are no changes. */
  auditGroup?: string | undefined;
}

/** What AWS gives to the bot. */
export interface Aws {
  clock: Clock;
  stores: Stores | undefined;
  audit: AuditLog | undefined;
  /** Every adapter of one environment. */
  environment(settings: EnvironmentSettings): Omit<Environment, 'prices'>;
  findIdentity(call: Call): Promise<Identity>;
  /** Makes the clients, for a process that waits for something else just now: the first command finds them ready. */
  prepare(): Promise<void>;
  /** Ends the sockets. */
  close(): void;
}

/** Every adapter, over one set of clients for each region and role. */
export function createAws({ table, auditGroup, ...options }: AwsOptions): Aws {
  const own = createClients(options);
  const others: Clients[] = [];
  const clock = createClock(own);
  return {
    clock,
    stores: table ? createStores({ clients: own, table, clock }) : undefined,
    audit: auditGroup ? createAuditLog({ clients: own, group: auditGroup, clock }) : undefined,
    environment(settings) {
      const clients = createEnvironmentClients(own, options, settings);
      if (clients !== own) others.push(clients);
      return {
        name: settings.name,
        settings,
        alarms: createAlarms({ clients, settings }),
        compute: createCompute({ clients, settings }),
        databases: createDatabases({ clients, settings }),
        logs: createLogs({ clients, clock }),
        network: createNetwork({ clients, settings }),
        instances: createInstances({ clients, settings }),
        users: createUsers({ clients, settings }),
      };
    },
    findIdentity: (call) => findIdentity({ clients: own }, call),
    prepare: () => own.prepare(),
    close() {
      for (const clients of [own, ...others]) clients.close();
    },
  };
}
