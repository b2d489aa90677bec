import type { Call, ChangeCall } from './call.ts';

export interface Instance {
  id: string;
  /** Its Name tag, its id where it has none. */
  name: string;
  tags: Readonly<Record<string, string>>;
  /** pending, running, stopping, stopped. */
  state: string;
  type: string;
  privateIp: string | undefined;
  launchedAt: Date | undefined;
  /** The request that a spot instance came from. */
  spotRequest?: string | undefined;
  /** Its root volume is on the host itself and ends with a stop. */
  instanceStore?: boolean;
}

/** Why AWS would refuse a stop, or undo it. */
export interface StopObstacle {
  instance: string;
  kind: 'stop protection' | 'one-time spot' | 'fleet' | 'Auto Scaling' | 'instance store';
  /** What holds it: the group's or the request's name. */
  by?: string;
}

/** What holds instances, and of which AWS did not say whether anything does. */
export interface StopObstacles {
  held: StopObstacle[];
  unknown: { instance: string; reason: string }[];
}

export interface Compute {
  /** By tags Project and Environment; those that end or have ended are left out (guide 1.1). */
  listInstances(call: Call): Promise<Instance[]>;
  startInstances(ids: readonly string[], call: ChangeCall): Promise<void>;
  stopInstances(ids: readonly string[], call: ChangeCall): Promise<void>;
  /** Never rejects: what could not be asked is said. */
  findStopObstacles(instances: readonly Instance[], call: Call): Promise<StopObstacles>;
}
