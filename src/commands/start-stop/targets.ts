import { UserError } from '../../core/reply/errors.ts';
import { invoke } from '../../core/reply/reply.ts';
import type { Instance } from '../../platform/compute.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import type { Environment } from '../../platform/environment.ts';
import { pm2Name, servicesOf } from '../../platform/services.ts';
import { type Inventory, listInventory, type Source } from '../shared/inventory.ts';
import type { Target } from './target-argument.ts';

/** What `start` and `stop` act on: exact ids, stored with the operation. */
export interface Targets {
  instances: { id: string; name: string }[];
  databases: { id: string }[];
  /** PM2 processes: on which instance, under which name. */
  processes: { instance: string; service: string; name: string }[];
}

export interface ResolvedTargets {
  inventory: Inventory;
  instances: Instance[];
  databases: DatabaseInstance[];
  targets: Targets;
}

/** The targets of a word in an environment. Throws when a source that matters is silent, or nothing is there. */
export async function resolveTargets(
  environment: Environment,
  what: Target,
  signal: AbortSignal,
): Promise<ResolvedTargets> {
  const { name: env, settings } = environment;
  const inventory = await listInventory(environment, signal);
  const wanted = (instance: Instance) =>
    servicesOf(instance, settings).length > 0
      ? what !== 'bastion'
      : instance.tags.Service === 'bastion' && what !== 'backend';
  const instances = what === 'rds' ? [] : requireSource('EC2', inventory.instances).filter(wanted);
  const databases = what === 'all' || what === 'rds' ? requireSource('RDS', inventory.databases) : [];
  if (instances.length + databases.length === 0) {
    throw new UserError(
      'not-found',
      `There is no ${what === 'all' ? 'instance or database' : what} in ${env}.`,
      {
        hint: 'Terminated, switched off by its toggle, or tagged otherwise: status shows what is there.',
        actions: [invoke('Status', 'status', { env })],
      },
    );
  }
  const targets: Targets = {
    instances: instances.map(({ id, name }) => ({ id, name })),
    databases: databases.map(({ id }) => ({ id })),
    processes: instances.flatMap((instance) =>
      servicesOf(instance, settings).map((service) => ({
        instance: instance.id,
        service,
        name: pm2Name(service, settings),
      })),
    ),
  };
  return { inventory, instances, databases, targets };
}

function requireSource<T>(name: string, source: Source<T[]>): T[] {
  if (source.ok) return source.value;
  throw new UserError('unavailable', `${name} could not be read: ${source.reason}`, {
    hint: 'Nothing was changed. Try again when it answers.',
  });
}
