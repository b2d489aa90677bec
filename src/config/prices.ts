import type { Prices } from '../platform/prices.ts';
import type { FilePrices } from './schema.ts';

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

/** The built-in prices of a region, and over them what the file says, the later over the earlier. */
export function pricesOf(region: string, ...said: readonly (FilePrices | undefined)[]): Prices {
  const lists = [regions.get(region), ...said];
  const last = (key: 'nat_gateway' | 'balancer' | 'endpoint_zone') =>
    lists.map((list) => list?.[key]).findLast((price) => price !== undefined) ?? 0;
  const instances = new Map(lists.flatMap((list) => Object.entries(list?.instances ?? {})));
  const databases = new Map(lists.flatMap((list) => Object.entries(list?.databases ?? {})));
  return {
    instance: (type) => instances.get(type),
    database: (dbClass) => databases.get(dbClass),
    natGateway: last('nat_gateway'),
    balancer: last('balancer'),
    endpointZone: last('endpoint_zone'),
  };
}
