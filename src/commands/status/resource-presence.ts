import type { Instance } from '../../platform/compute.ts';
import { type Inventory, valuesOf } from '../shared/inventory.ts';

/** What an environment can be made of, with the Terraform toggle that creates it (guide 6.1). */
const kinds = [
  { name: 'RDS', toggle: 'enable_rds', of: (inventory: Inventory) => inventory.databases },
  { name: 'NAT', toggle: 'enable_nat_gateway', of: (inventory: Inventory) => inventory.natGateways },
  { name: 'ALB', toggle: 'enable_alb', of: (inventory: Inventory) => inventory.balancers },
  {
    name: 'endpoints',
    toggle: 'enable_ssm_vpc_endpoints',
    of: (inventory: Inventory) => inventory.endpoints,
  },
] as const;

export interface ResourcePresence {
  /** On, beside the services and the database, which have rows of their own. */
  on: string[];
  /** There but stopped, or not there. */
  off: string[];
  /** Not there: Terraform did not create it. */
  absent: { name: string; toggle: string }[];
}

/** What is on and off beside the services. A silent source is neither. */
export function resourcePresence(inventory: Inventory, services: readonly string[]): ResourcePresence {
  const instances = valuesOf(inventory.instances);
  const others = instances.filter(({ service }) => !services.includes(service));
  const absent: ResourcePresence['absent'] = kinds
    .filter(({ of }) => {
      const source = of(inventory);
      return source.ok && source.value.length === 0;
    })
    .map(({ name, toggle }) => ({ name, toggle }));
  if (inventory.instances.ok) {
    if (services.every((service) => !has(instances, service)))
      absent.unshift({ name: 'backend', toggle: 'enable_ec2_backend' });
    if (!has(instances, 'bastion')) absent.push({ name: 'bastion', toggle: 'enable_bastion' });
  }
  const there = [
    ...(valuesOf(inventory.natGateways).length > 0 ? ['NAT'] : []),
    ...(valuesOf(inventory.endpoints).length > 0 ? ['endpoints'] : []),
  ];
  const named = ({ service, name, id }: Instance) => service || name || id;
  return {
    on: [...there, ...others.filter(({ state }) => state === 'running').map(named)],
    off: [
      ...others.filter(({ state }) => state !== 'running').map(named),
      ...absent.map(({ name }) => name).filter((name) => name !== 'backend'),
    ],
    absent,
  };
}

const has = (instances: readonly Instance[], service: string): boolean =>
  instances.some((instance) => instance.service === service);
