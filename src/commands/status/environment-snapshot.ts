import type { Ended, Hold } from '../../core/operation/record.ts';
import type { Alarm, Balancer, HttpHealth, Instance, LocalHealth, Pool, Ports } from '../../platform/platform.ts';
import { gather, heard, type Inventory, type Source, sourceOf } from '../shared/inventory.ts';
import { type InstanceProcesses, listHomes } from '../shared/processes.ts';

/** What one running instance said of a service. */
export interface InstanceAnswer extends InstanceProcesses {
  health: Source<LocalHealth>;
}

export interface ServiceOutlook {
  service: string;
  /** Its instances, whatever their state; unknown when EC2 was silent. */
  instances: Source<Instance[]>;
  /** Of those that run; `asking` until they have answered. */
  answers: 'asking' | readonly InstanceAnswer[];
}

/** Everything that status tells. */
export interface Outlook {
  inventory: Inventory;
  services: readonly ServiceOutlook[];
  /** `/health` through each balancer that has a listener. */
  throughBalancers: 'asking' | readonly { balancer: Balancer; health: Source<HttpHealth> }[];
  alarms: Source<Alarm[]>;
  pool: Source<Pool>;
  hold: Source<Hold | undefined>;
  last: Source<Ended | undefined>;
}

/** Describe calls only, all at once; instances are still to be asked. */
export async function look(
  ports: Ports,
  env: string,
  services: readonly string[],
  signal: AbortSignal,
): Promise<Outlook> {
  const nothing = Promise.resolve(undefined);
  const [inventory, alarms, pool, hold, last] = await Promise.all([
    gather(ports, env, signal),
    sourceOf(ports.alarms.listAlarms(env, { signal })),
    sourceOf(ports.users.findPool(env, { signal })),
    sourceOf(ports.operations?.holder(env) ?? nothing),
    sourceOf(ports.operations?.last(env) ?? nothing),
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
    hold,
    last,
  };
}

/** The same, with what the running instances and the balancers said. */
export async function listen(outlook: Outlook, ports: Ports, signal: AbortSignal): Promise<Outlook> {
  const [services, throughBalancers] = await Promise.all([
    Promise.all(
      outlook.services.map(async (view) => ({
        ...view,
        answers: await askInstances(ports, view.service, runningIn(view), signal),
      })),
    ),
    Promise.all(
      heard(outlook.inventory.balancers).flatMap((balancer) =>
        balancer.url === undefined
          ? []
          : [
              sourceOf(ports.network.checkHealth(balancer.url, { signal })).then((health) => ({
                balancer,
                health,
              })),
            ],
      ),
    ),
  ]);
  return { ...outlook, services, throughBalancers };
}

export const runningIn = ({ instances }: ServiceOutlook): Instance[] =>
  heard(instances).filter((instance) => instance.state === 'running');

async function askInstances(
  ports: Ports,
  service: string,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<InstanceAnswer[]> {
  const [processes, healths] = await Promise.all([
    listHomes(ports, instances, signal),
    Promise.all(
      instances.map((instance) =>
        sourceOf(ports.shell.checkHealth(instance.id, ports.settings.pm2Name(service), { signal })),
      ),
    ),
  ]);
  return processes.map((answer, index) => ({
    ...answer,
    health: healths[index] ?? { ok: false, reason: 'not asked' },
  }));
}
