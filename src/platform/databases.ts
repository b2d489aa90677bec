import type { Call, ChangeCall } from './call.ts';

export interface DatabaseInstance {
  id: string;
  /** available, stopping, stopped, starting, backing-up … */
  state: string;
  class: string;
  engine: string;
  storageGb: number;
  endpoint: string | undefined;
  iamAuth: boolean;
  /** The Aurora or Multi-AZ cluster that it is a member of. */
  cluster?: string | undefined;
  /** The instance that it is a read replica of. */
  replicaOf?: string | undefined;
  /** Its own read replicas. */
  replicas?: readonly string[];
  multiAz?: boolean;
  /** When AWS starts it again by itself, seven days after a stop. */
  restartsAt: Date | undefined;
}

export interface Databases {
  listDatabases(call: Call): Promise<DatabaseInstance[]>;
  startDatabase(id: string, call: ChangeCall): Promise<void>;
  stopDatabase(id: string, call: ChangeCall): Promise<void>;
}
