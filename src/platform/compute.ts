import type { Call, ChangeCall } from './call.ts';

export interface Instance {
  id: string;
  name: string;
  tags: Readonly<Record<string, string>>;
  /** pending, running, stopping, stopped, shutting-down, terminated. */
  state: string;
  type: string;
  privateIp: string | undefined;
  launchedAt: Date | undefined;
}

export interface Compute {
  /** By tags Project and Environment; terminated ones left out (guide 1.1). */
  listInstances(call: Call): Promise<Instance[]>;
  startInstances(ids: readonly string[], call: ChangeCall): Promise<void>;
  stopInstances(ids: readonly string[], call: ChangeCall): Promise<void>;
}
