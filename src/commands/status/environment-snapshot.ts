import { setTimeout as delay } from 'node:timers/promises';
import type { Alarm } from '../../platform/alarms.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import type { LocalHealth } from '../../platform/instances.ts';
import type { Balancer, HttpHealth } from '../../platform/network.ts';
import type { Platform } from '../../platform/platform.ts';
import { addressOf, healthAt, instancesOf, servicesOf, twinOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import type { Pool } from '../../platform/users.ts';
import type { Ended, Lock } from '../../stores/locks.ts';
import { askFromOutside } from '../shared/http-health.ts';
import { askInventory, type Inventory, type Source, soFar, sourceOf, valuesOf } from '../shared/inventory.ts';
import { createHomesLister, type InstanceProcesses } from '../shared/processes.ts';

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

export interface AskedEnvironment {
  /** What was known a moment after EC2 had answered, or when only EC2 had not: the slowest source holds nothing up. */
  early: Promise<EnvironmentSnapshot>;
  whole: Promise<EnvironmentSnapshot>;
}

// Sources that take about as long as EC2 belong to the first screen. Real time: a person waits.
const graceMs = 5;

/** Asks everything at once, and instances and addresses as soon as they are known. Never rejects. */
export function askEnvironment(
  environment: Environment,
  stores: Platform['stores'],
  signal: AbortSignal,
): AskedEnvironment {
  const { name: env, settings } = environment;
  const nothing = Promise.resolve(undefined);
  const { instances, ...others } = askInventory(environment, signal);
  const alarms = sourceOf(environment.alarms.listAlarms({ signal }));
  const pool = sourceOf(environment.users.findPool({ signal }));
  const lock = sourceOf(stores?.locks.holder({ env }) ?? nothing);
  const last = sourceOf(stores?.locks.last(env) ?? nothing);
  const { databases, natGateways, endpoints, balancers } = others;
  const services = instances.then((known) => askServices(servicesIn(known, settings), environment, signal));
  const fromOutside = Promise.all([instances, balancers]).then(([known, found]) =>
    askAddresses(addressesOf(servicesIn(known, settings), found, settings), environment, signal),
  );

  /** `heard` is what a source counts for: all it says, or what it has said so far. */
  const snapshot = async (
    heard: <T>(asked: Promise<Source<T>>) => Promise<Source<T>>,
    answers?: Pick<EnvironmentSnapshot, 'services' | 'fromOutside'>,
  ): Promise<EnvironmentSnapshot> => {
    const known = await heard(instances);
    return {
      inventory: {
        env,
        instances: known,
        databases: await heard(databases),
        natGateways: await heard(natGateways),
        endpoints: await heard(endpoints),
        balancers: await heard(balancers),
      },
      services: servicesIn(known, settings),
      others: valuesOf(known).filter((instance) => servicesOf(instance, settings).length === 0),
      fromOutside: 'asking',
      alarms: await heard(alarms),
      pool: await heard(pool),
      lock: await heard(lock),
      last: await heard(last),
      ...answers,
    };
  };
  const allButInstances = Promise.all([...Object.values(others), alarms, pool, lock, last]);
  return {
    early: Promise.race([instances.then(() => delay(graceMs)), allButInstances]).then(() => snapshot(soFar)),
    whole: Promise.all([services, fromOutside]).then(([asked, outside]) =>
      snapshot((source) => source, { services: asked, fromOutside: outside }),
    ),
  };
}

const servicesIn = (instances: Source<Instance[]>, settings: EnvironmentSettings): ServiceSnapshot[] =>
  settings.services.map(({ name: service }) => ({
    service,
    instances: instances.ok
      ? { ok: true, value: instancesOf(instances.value, service, settings) }
      : instances,
    answers: 'asking',
  }));

function askServices(
  services: readonly ServiceSnapshot[],
  environment: Environment,
  signal: AbortSignal,
): Promise<ServiceSnapshot[]> {
  const listHomes = createHomesLister(environment, signal);
  return Promise.all(
    services.map(async (view) => ({
      ...view,
      answers: await Promise.all(
        runningIn(view).map((instance) =>
          askInstance(environment, view.service, instance, listHomes, signal),
        ),
      ),
    })),
  );
}

const askAddresses = (urls: readonly string[], environment: Environment, signal: AbortSignal) =>
  Promise.all(
    urls.map(async (url) => ({
      url,
      health: await sourceOf(askFromOutside(environment.network, url, environment.settings, { signal })),
    })),
  );

/** Where clients ask: each running service's own address, and a balancer's where a service has none. */
function addressesOf(
  services: readonly ServiceSnapshot[],
  balancers: Source<Balancer[]>,
  settings: EnvironmentSettings,
): string[] {
  const running = services.filter((view) => runningIn(view).length > 0).map(({ service }) => service);
  const own = settings.services.filter(({ name }) => running.includes(name)).flatMap(addressOf);
  const without = settings.services.find(({ url }) => url === undefined);
  const ofBalancers = without
    ? valuesOf(balancers).flatMap(({ url }) => (url === undefined ? [] : [healthAt(url, without)]))
    : [];
  return [...own, ...ofBalancers];
}

export const runningIn = ({ instances }: ServiceSnapshot): Instance[] =>
  valuesOf(instances).filter((instance) => instance.state === 'running');

async function askInstance(
  environment: Environment,
  service: string,
  instance: Instance,
  listHomes: ReturnType<typeof createHomesLister>,
  signal: AbortSignal,
): Promise<InstanceAnswer> {
  const { settings, instances } = environment;
  const twin = twinOf(service, instance, settings);
  if (twin !== undefined) {
    const reason = `${twin} has the same name in PM2, see ${settings.where(`services.${service}.pm2`)}`;
    return { instance, homes: { ok: false, reason }, health: { ok: false, reason } };
  }
  const [homes, health] = await Promise.all([
    listHomes(instance.id),
    sourceOf(instances.checkHealth(instance.id, service, { signal })),
  ]);
  return { instance, homes, health };
}
