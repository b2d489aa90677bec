import type { Alarm } from '../../platform/alarms.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import type { LocalHealth, Pm2Home } from '../../platform/instances.ts';
import type { HttpHealth } from '../../platform/network.ts';
import type { Platform } from '../../platform/platform.ts';
import { addressOf, healthAt, instancesOf, servicesOf, twinOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import type { Pool } from '../../platform/users.ts';
import type { Ended, Lock } from '../../stores/locks.ts';
import { type Inventory, listInventory, type Source, sourceOf, valuesOf } from '../shared/inventory.ts';
import type { InstanceProcesses } from '../shared/processes.ts';

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
  /** Its instances of no service: a bastion, or what `d2.yaml` does not list. */
  others: readonly Instance[];
  /** `/health` as clients ask it. */
  fromOutside: 'asking' | readonly { url: string; health: Source<HttpHealth> }[];
  alarms: Source<Alarm[]>;
  pool: Source<Pool>;
  lock: Source<Lock | undefined>;
  last: Source<Ended | undefined>;
}

/** Describe calls only, all at once; instances are still to be asked. */
export async function describeEnvironment(
  environment: Environment,
  stores: Platform['stores'],
  signal: AbortSignal,
): Promise<EnvironmentSnapshot> {
  const { name: env, settings } = environment;
  const nothing = Promise.resolve(undefined);
  const [inventory, alarms, pool, lock, last] = await Promise.all([
    listInventory(environment, signal),
    sourceOf(environment.alarms.listAlarms({ signal })),
    sourceOf(environment.users.findPool({ signal })),
    sourceOf(stores?.locks.holder({ env }) ?? nothing),
    sourceOf(stores?.locks.last(env) ?? nothing),
  ]);
  const { instances } = inventory;
  return {
    inventory,
    services: settings.services.map(({ name: service }) => ({
      service,
      instances: instances.ok
        ? { ok: true, value: instancesOf(instances.value, service, settings) }
        : instances,
      answers: 'asking',
    })),
    others: valuesOf(instances).filter((instance) => servicesOf(instance, settings).length === 0),
    fromOutside: 'asking',
    alarms,
    pool,
    lock,
    last,
  };
}

/** The same, with what the running instances and the public addresses said. */
export async function askServices(
  snapshot: EnvironmentSnapshot,
  environment: Environment,
  signal: AbortSignal,
): Promise<EnvironmentSnapshot> {
  const asked = new Map<string, Promise<Source<Pm2Home[]>>>();
  // Services of one instance share its one list of processes.
  const listOnce = ({ id }: Instance) => {
    const homes = asked.get(id) ?? sourceOf(environment.instances.listProcesses(id, { signal }));
    asked.set(id, homes);
    return homes;
  };
  const [services, fromOutside] = await Promise.all([
    Promise.all(
      snapshot.services.map(async (view) => ({
        ...view,
        answers: await Promise.all(
          runningIn(view).map((instance) =>
            askInstance(environment, view.service, instance, listOnce, signal),
          ),
        ),
      })),
    ),
    Promise.all(
      addressesOf(snapshot, environment.settings).map(async (url) => ({
        url,
        health: await sourceOf(environment.network.checkHealth(url, { signal })),
      })),
    ),
  ]);
  return { ...snapshot, services, fromOutside };
}

/** Where clients ask: each running service's own address, and a balancer's where a service has none. */
export function addressesOf(
  { services, inventory }: Pick<EnvironmentSnapshot, 'services' | 'inventory'>,
  settings: EnvironmentSettings,
): string[] {
  const running = services.filter((view) => runningIn(view).length > 0).map(({ service }) => service);
  const own = settings.services.filter(({ name }) => running.includes(name)).flatMap(addressOf);
  const without = settings.services.find(({ url }) => url === undefined);
  const balancers = without
    ? valuesOf(inventory.balancers).flatMap(({ url }) => (url === undefined ? [] : [healthAt(url, without)]))
    : [];
  return [...own, ...balancers];
}

export const runningIn = ({ instances }: ServiceSnapshot): Instance[] =>
  valuesOf(instances).filter((instance) => instance.state === 'running');

async function askInstance(
  environment: Environment,
  service: string,
  instance: Instance,
  listHomes: (instance: Instance) => Promise<Source<Pm2Home[]>>,
  signal: AbortSignal,
): Promise<InstanceAnswer> {
  const { settings, instances } = environment;
  const twin = twinOf(service, instance, settings);
  if (twin !== undefined) {
    const reason = `${twin} has the same name in PM2, see ${settings.where(`services.${service}.pm2`)}`;
    return { instance, homes: { ok: false, reason }, health: { ok: false, reason } };
  }
  const [homes, health] = await Promise.all([
    listHomes(instance),
    sourceOf(instances.checkHealth(instance.id, service, { signal })),
  ]);
  return { instance, homes, health };
}
