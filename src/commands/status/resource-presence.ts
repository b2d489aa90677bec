import type { Instance } from '../../platform/compute.ts';
import { instanceLabel, servicesOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
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
export function resourcePresence(inventory: Inventory, settings: EnvironmentSettings): ResourcePresence {
  const instances = valuesOf(inventory.instances);
  const others = instances.filter((instance) => servicesOf(instance, settings).length === 0);
  const absent: ResourcePresence['absent'] = kinds
    .filter(({ of }) => {
      const source = of(inventory);
      return source.ok && source.value.length === 0;
    })
    .map(({ name, toggle }) => ({ name, toggle }));
  if (inventory.instances.ok) {
    if (others.length === instances.length) absent.unshift({ name: 'backend', toggle: 'enable_ec2_backend' });
    if (!instances.some(({ tags }) => tags.Service === 'bastion'))
      absent.push({ name: 'bastion', toggle: 'enable_bastion' });
  }
  const there = [
    ...(valuesOf(inventory.natGateways).length > 0 ? ['NAT'] : []),
    ...(valuesOf(inventory.endpoints).length > 0 ? ['endpoints'] : []),
  ];
  const named = (instance: Instance) => instanceLabel(instance, settings);
  return {
    on: [...there, ...others.filter(({ state }) => state === 'running').map(named)],
    off: [
      ...others.filter(({ state }) => state !== 'running').map(named),
      ...absent.map(({ name }) => name).filter((name) => name !== 'backend'),
    ],
    absent,
  };
}
