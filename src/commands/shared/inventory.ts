import { type ErrorCode, reasonOf, UserError } from '../../core/reply/errors.ts';
import type { Instance } from '../../platform/compute.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Balancer, Endpoint, NatGateway } from '../../platform/network.ts';

/** What one source said, or why it said nothing: a row then reads `unknown: reason`. With the code not-found it did say something: that there is none. One that is late has not answered yet: a first screen leaves it out. */
export type Source<T> = { ok: true; value: T } | { ok: false; reason: string; code?: ErrorCode; late?: true };

/** Everything of an environment that AWS describes, asked at once. */
export interface Inventory {
  env: string;
  instances: Source<Instance[]>;
  databases: Source<DatabaseInstance[]>;
  natGateways: Source<NatGateway[]>;
  endpoints: Source<Endpoint[]>;
  balancers: Source<Balancer[]>;
}

/** Never rejects: a failure becomes its reason. */
export async function sourceOf<T>(asked: Promise<T>): Promise<Source<T>> {
  try {
    return { ok: true, value: await asked };
  } catch (error) {
    return { ok: false, reason: reasonOf(error), ...(error instanceof UserError && { code: error.code }) };
  }
}

/** What it said so far: `late` where it has not answered yet. */
export const soFar = <T>(asked: Promise<Source<T>>): Promise<Source<T>> =>
  Promise.race([asked, Promise.resolve<Source<T>>({ ok: false, reason: 'asking …', late: true })]);

/** Each source on its own; none rejects, and all end at the signal. */
export function askInventory(
  { compute, databases: rds, network }: Pick<Environment, 'compute' | 'databases' | 'network'>,
  signal: AbortSignal,
) {
  const call = { signal };
  return {
    instances: sourceOf(compute.listInstances(call)),
    databases: sourceOf(rds.listDatabases(call)),
    natGateways: sourceOf(network.listNatGateways(call)),
    endpoints: sourceOf(network.listEndpoints(call)),
    balancers: sourceOf(network.listBalancers(call)),
  };
}

/** Never rejects; the calls run at once and end at the signal. */
export async function listInventory(
  environment: Pick<Environment, 'name' | 'compute' | 'databases' | 'network'>,
  signal: AbortSignal,
): Promise<Inventory> {
  const asked = askInventory(environment, signal);
  const [instances, databases, natGateways, endpoints, balancers] = await Promise.all([
    asked.instances,
    asked.databases,
    asked.natGateways,
    asked.endpoints,
    asked.balancers,
  ]);
  return { env: environment.name, instances, databases, natGateways, endpoints, balancers };
}

/** What was heard, nothing where the source failed: for counting, never for saying that there is none. */
export const valuesOf = <T>(source: Source<readonly T[]>): readonly T[] => (source.ok ? source.value : []);

/** The sources that failed, under the names people use. */
export function failedSources(inventory: Inventory): { name: string; reason: string }[] {
  const named: [string, Source<unknown>][] = [
    ['EC2', inventory.instances],
    ['RDS', inventory.databases],
    ['NAT', inventory.natGateways],
    ['ALB', inventory.balancers],
    ['endpoints', inventory.endpoints],
  ];
  return named.flatMap(([name, source]) => (source.ok ? [] : [{ name, reason: source.reason }]));
}

/** True only when every source answered and none knows a thing. */
export function isEmpty({ instances, databases, natGateways, endpoints, balancers }: Inventory): boolean {
  return [instances, databases, natGateways, endpoints, balancers].every(
    (source) => source.ok && source.value.length === 0,
  );
}
