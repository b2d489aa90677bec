import type { Environment } from '../../platform/environment.ts';
import { instanceLabel } from '../../platform/services.ts';
import { failedSources, type Inventory, valuesOf } from './inventory.ts';

export interface CostItem {
  kind: 'EC2' | 'RDS' | 'NAT' | 'ALB' | 'endpoints';
  id: string;
  /** As people say it: `backend-api`, `NAT`. */
  name: string;
  /** USD per hour while it is on; `undefined` where the price list lacks its type. */
  perHour: number | undefined;
  /** Whether it is paid for now. */
  on: boolean;
}

export interface Estimate {
  items: readonly CostItem[];
  /** USD for an hour of what is on and priced. */
  perHour: number;
  /** On, but without a price, or not heard of: the sum is then a lower bound. */
  missing: readonly string[];
}

/** What an environment costs by the hour as it stands; storage, traffic and addresses come on top. */
export function estimate(
  inventory: Inventory,
  { prices, settings }: Pick<Environment, 'prices' | 'settings'>,
): Estimate {
  const items: CostItem[] = [
    ...valuesOf(inventory.instances).map((instance) => ({
      kind: 'EC2' as const,
      id: instance.id,
      name: instanceLabel(instance, settings),
      perHour: prices.instance(instance.type),
      // EC2 bills from running on; pending and stopping are free.
      on: instance.state === 'running',
    })),
    ...valuesOf(inventory.databases).map((database) => ({
      kind: 'RDS' as const,
      id: database.id,
      name: 'RDS',
      perHour: prices.database(database.class),
      // RDS bills every state but stopped: starting and backing-up too.
      on: database.state !== 'stopped',
    })),
    ...valuesOf(inventory.natGateways).map((gateway) => ({
      kind: 'NAT' as const,
      id: gateway.id,
      name: 'NAT',
      perHour: prices.natGateway,
      on: gateway.state === 'available',
    })),
    ...valuesOf(inventory.balancers).map((balancer) => ({
      kind: 'ALB' as const,
      id: balancer.name,
      name: 'ALB',
      perHour: prices.balancer,
      on: balancer.state !== 'failed',
    })),
    ...valuesOf(inventory.endpoints).map((endpoint) => ({
      kind: 'endpoints' as const,
      id: endpoint.id,
      name: 'endpoints',
      perHour: prices.endpointZone * endpoint.zones,
      on: endpoint.state === 'available',
    })),
  ];
  const unpriced = items.filter((item) => item.on && item.perHour === undefined).map((item) => item.name);
  return {
    items,
    perHour: hourly(items.filter((item) => item.on)),
    missing: [...new Set([...unpriced, ...failedSources(inventory).map((source) => source.name)])],
  };
}

/** USD per hour of these, on or not; what has no price counts nothing. */
export const hourly = (items: readonly CostItem[]): number =>
  items.reduce((sum, item) => sum + (item.perHour ?? 0), 0);

/** `NAT .06, ALB .03, endpoints .04`: each name once. */
export function breakdown(items: readonly CostItem[]): string {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(item.name, (sums.get(item.name) ?? 0) + (item.perHour ?? 0));
  return [...sums].map(([name, sum]) => `${name} ${sum.toFixed(2).replace(/^0/, '')}`).join(', ');
}

/** `$0.19` */
export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** `$0.19/h`, `over $0.05/h` when something is not in it. */
export const hourlyCost = ({ perHour, missing }: Estimate): string =>
  `${missing.length > 0 ? 'over ' : ''}${dollars(perHour)}/h`;
