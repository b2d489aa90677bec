import {
  type DBInstance,
  paginateDescribeDBInstances,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { Call } from '../platform/call.ts';
import type { DatabaseInstance, Databases } from '../platform/databases.ts';
import type { EnvironmentSettings } from '../platform/settings.ts';
import { change, readAll } from './client/calls.ts';
import type { Clients } from './client/clients.ts';
import { compare } from './compare.ts';
import { belongsTo, isNamedFor, tagOf } from './tags.ts';

interface Options {
  clients: Clients;
  settings: EnvironmentSettings;
}

/** What AWS says of an environment's databases: by their tags, by their name where they have neither tag. */
export async function describeDatabases(
  { clients, settings: { project, name: env, databasePrefix } }: Options,
  call: Call,
): Promise<DBInstance[]> {
  // DescribeDBInstances has no filter by tag, but it answers with the tags.
  const databases = await readAll(
    clients.rds,
    paginateDescribeDBInstances,
    { MaxRecords: 100 },
    ({ DBInstances }) => DBInstances,
    call,
  );
  return databases.filter(
    ({ TagList, DBInstanceIdentifier = '' }) =>
      belongsTo(TagList, project, env) ||
      // A tag says more than a name: what is tagged for another environment is that one's.
      (tagOf(TagList, 'Environment') === '' && isNamedFor(DBInstanceIdentifier, [databasePrefix])),
  );
}

/** RDS instances (guide 4.1, 6.2). */
export function createDatabases({ clients, settings }: Options): Databases {
  return {
    async listDatabases(call) {
      const databases = await describeDatabases({ clients, settings }, call);
      return databases.map(toDatabase).sort((a, b) => compare(a.id, b.id));
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
    cluster: database.DBClusterIdentifier,
    replicaOf:
      database.ReadReplicaSourceDBInstanceIdentifier ?? database.ReadReplicaSourceDBClusterIdentifier,
    replicas: [
      ...(database.ReadReplicaDBInstanceIdentifiers ?? []),
      ...(database.ReadReplicaDBClusterIdentifiers ?? []),
    ],
    multiAz: database.MultiAZ ?? false,
  };
}
