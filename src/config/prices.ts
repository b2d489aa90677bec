import type { Prices } from '../platform/prices.ts';
import type { File } from './schema.ts';

interface PriceList {
  instances: Record<string, number>;
  databases: Record<string, number>;
  nat_gateway: number;
  balancer: number;
  endpoint_zone: number;
}

// On demand, USD per hour, copied from AWS's price lists in November 2026.
const regions = new Map<string, PriceList>([
  [
    'ap-southeast-1',
    {
      instances: { 't3.micro': 0.0132, 't3.small': 0.0264, 't3.medium': 0.0528 },
      databases: { 'db.t3.micro': 0.028 },
      nat_gateway: 0.059,
      balancer: 0.0252,
      endpoint_zone: 0.013,
    },
  ],
]);

/** The keys that must stand in `d2.yaml` because nothing is built in for the region. */
export function missingPrices(region: string, given: readonly string[]): string[] {
  return regions.has(region)
    ? []
    : ['nat_gateway', 'balancer', 'endpoint_zone'].filter((key) => !given.includes(key));
}

/** The built-in prices of a region under those of `d2.yaml`. */
export function pricesOf(region: string, own: File['prices']): Prices {
  const list = regions.get(region);
  const instances = new Map(Object.entries({ ...list?.instances, ...own?.instances }));
  const databases = new Map(Object.entries({ ...list?.databases, ...own?.databases }));
  return {
    instance: (type) => instances.get(type),
    database: (dbClass) => databases.get(dbClass),
    natGateway: own?.nat_gateway ?? list?.nat_gateway ?? 0,
    balancer: own?.balancer ?? list?.balancer ?? 0,
    endpointZone: own?.endpoint_zone ?? list?.endpoint_zone ?? 0,
  };
}
