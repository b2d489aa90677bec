import type { Alarm } from '../../platform/alarms.ts';
import type { Instance } from '../../platform/compute.ts';
import type { LocalHealth } from '../../platform/instances.ts';
import type { Balancer, HttpHealth } from '../../platform/network.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Pool } from '../../platform/users.ts';
import type { Ended, Lock } from '../../stores/locks.ts';
import { type Inventory, listInventory, type Source, sourceOf, valuesOf } from '../shared/inventory.ts';
import { type InstanceProcesses, listHomes } from '../shared/processes.ts';

/** What one running instance said of a service. */
export interface InstanceAnswer extends InstanceProcesses {
  health: Source<LocalHealth>;
}

export interface ServiceSnapshot {
  service: string;
  /** Its instances, whatever their state; unknown when EC2 was silent. */
  instances: Source<Instance[]>;
  /** Of those that run; `asking` until they have answered. */
  answers: 'asking' | readonly InstanceAnswer[];
}

/** Everything that status tells. */
export interface EnvironmentSnapshot {
  inventory: Inventory;
  services: readonly ServiceSnapshot[];
  /** `/health` through each balancer that has a listener. */
  throughBalancers: 'asking' | readonly { balancer: Balancer; health: Source<HttpHealth> }[];
  alarms: Source<Alarm[]>;
  pool: Source<Pool>;
  lock: Source<Lock | undefined>;
  last: Source<Ended | undefined>;
}

/** Describe calls only, all at once; instances are still to be asked. */
export async function describeEnvironment(
  platform: Platform,
  env: string,
  services: readonly string[],
  signal: AbortSignal,
): Promise<EnvironmentSnapshot> {
  const nothing = Promise.resolve(undefined);
  const [inventory, alarms, pool, lock, last] = await Promise.all([
    listInventory(platform, env, signal),
    sourceOf(platform.alarms.listAlarms(env, { signal })),
    sourceOf(platform.users.findPool(env, { signal })),
    sourceOf(platform.stores?.locks.holder({ env }) ?? nothing),
    sourceOf(platform.stores?.locks.last(env) ?? nothing),
  ]);
  const { instances } = inventory;
  return {
    inventory,
    services: services.map((service) => ({
      service,
      instances: instances.ok
        ? { ok: true, value: instances.value.filter((instance) => instance.service === service) }
        : instances,
      answers: 'asking',
    })),
    throughBalancers: 'asking',
    alarms,
    pool,
    lock,
    last,
  };
}

/** The same, with what the running instances and the balancers said. */
export async function askServices(
  snapshot: EnvironmentSnapshot,
  platform: Platform,
  signal: AbortSignal,
): Promise<EnvironmentSnapshot> {
  const [services, throughBalancers] = await Promise.all([
    Promise.all(
      snapshot.services.map(async (view) => ({
        ...view,
        answers: await askInstances(platform, view.service, runningIn(view), signal),
      })),
    ),
    Promise.all(
      valuesOf(snapshot.inventory.balancers).flatMap((balancer) =>
        balancer.url === undefined
          ? []
          : [
              sourceOf(platform.network.checkHealth(balancer.url, { signal })).then((health) => ({
                balancer,
                health,
              })),
            ],
      ),
    ),
  ]);
  return { ...snapshot, services, throughBalancers };
}

export const runningIn = ({ instances }: ServiceSnapshot): Instance[] =>
  valuesOf(instances).filter((instance) => instance.state === 'running');

async function askInstances(
  platform: Platform,
  service: string,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<InstanceAnswer[]> {
  const [processes, healths] = await Promise.all([
    listHomes(platform, instances, signal),
    Promise.all(
      instances.map((instance) =>
        sourceOf(platform.instances.checkHealth(instance.id, platform.settings.pm2Name(service), { signal })),
      ),
    ),
  ]);
  return processes.map((answer, index) => ({
    ...answer,
    health: healths[index] ?? { ok: false, reason: 'not asked' },
  }));
}
