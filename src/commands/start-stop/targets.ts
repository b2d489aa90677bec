import type { Target } from '../../core/command/kinds.ts';
import { UserError } from '../../core/reply/errors.ts';
import { invoke } from '../../core/reply/reply.ts';
import type { Instance } from '../../platform/compute.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import type { Platform } from '../../platform/platform.ts';
import { type Inventory, listInventory, type Source } from '../shared/inventory.ts';

/** What `start` and `stop` act on: exact ids, stored with the operation. */
export interface Targets {
  instances: { id: string; name: string; service: string }[];
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
  platform: Platform,
  env: string,
  what: Target,
  signal: AbortSignal,
): Promise<ResolvedTargets> {
  const inventory = await listInventory(platform, env, signal);
  const { services } = platform.settings;
  const wanted = (instance: Instance) =>
    services.includes(instance.service)
      ? what !== 'bastion'
      : instance.service === 'bastion' && what !== 'backend';
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
    instances: instances.map(({ id, name, service }) => ({ id, name, service })),
    databases: databases.map(({ id }) => ({ id })),
    processes: instances
      .filter((instance) => services.includes(instance.service))
      .map(({ id, service }) => ({ instance: id, service, name: platform.settings.pm2Name(service) })),
  };
  return { inventory, instances, databases, targets };
}

function requireSource<T>(name: string, source: Source<T[]>): T[] {
  if (source.ok) return source.value;
  throw new UserError('unavailable', `${name} could not be read: ${source.reason}`, {
    hint: 'Nothing was changed. Try again when it answers.',
  });
}
