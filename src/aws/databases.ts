import {
  type DBInstance,
  DescribeDBInstancesCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { DatabaseInstance, Databases } from '../platform/databases.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { change, read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { readPages } from './client/pages.ts';
import { belongsTo } from './tags.ts';

/** RDS instances by the project's tag (guide 4.1, 6.2). */
export function createDatabases({
  clients,
  settings: { project, name: env },
}: {
  clients: Clients;
  settings: EnvironmentSettings;
}): Databases {
  return {
    async listDatabases(call) {
      // DescribeDBInstances has no filter by tag, but it answers with the tags.
      const databases = await readPages(async (Marker) => {
        const page = await read(
          clients.rds,
          new DescribeDBInstancesCommand({ Marker, MaxRecords: 100 }),
          call,
        );
        return { items: page.DBInstances, next: page.Marker };
      });
      return databases
        .filter(({ TagList }) => belongsTo(TagList, project, env))
        .map(toDatabase)
        .sort((a, b) => a.id.localeCompare(b.id));
    },
    async startDatabase(id, call) {
      await change(clients.rds, new StartDBInstanceCommand({ DBInstanceIdentifier: id }), call);
    },
    async stopDatabase(id, call) {
      await change(clients.rds, new StopDBInstanceCommand({ DBInstanceIdentifier: id }), call);
    },
  };
}

function toDatabase(database: DBInstance): DatabaseInstance {
  const { Engine = '', EngineVersion } = database;
  return {
    id: database.DBInstanceIdentifier ?? '',
    state: database.DBInstanceStatus ?? 'unknown',
    class: database.DBInstanceClass ?? '',
    engine: EngineVersion ? `${Engine} ${EngineVersion}` : Engine,
    storageGb: database.AllocatedStorage ?? 0,
    endpoint: database.Endpoint?.Address,
    iamAuth: database.IAMDatabaseAuthenticationEnabled ?? false,
    restartsAt: database.AutomaticRestartTime,
  };
}
