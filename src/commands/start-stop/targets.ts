import type { PlanTarget } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Fact } from '../../core/reply/parts.ts';
import type { Instance } from '../../platform/compute.ts';
import type { DatabaseInstance } from '../../platform/databases.ts';
import type { Environment } from '../../platform/environment.ts';
import { belongsToEnvironment, instanceLabel, pm2Name, servicesOf } from '../../platform/services.ts';
import { withId } from '../shared/format.ts';
import { type Inventory, listInventory, type Source } from '../shared/inventory.ts';
import { assertOwnProcess } from '../shared/processes.ts';
import type { Target } from './target-argument.ts';

/** What `start` and `stop` act on: exact ids, stored with the operation. */
export interface Targets {
  /** `agent`: whether its SSM agent must be online before it is up; nothing is known of what no service of `d2.yaml` runs on. */
  instances: { id: string; name: string; agent: boolean }[];
  databases: { id: string }[];
  /** PM2 processes: on which instance, under which name, and in which PM2 home where that was known. */
  processes: { instance: string; service: string; name: string; home?: string }[];
}

export interface ResolvedTargets {
  inventory: Inventory;
  instances: Instance[];
  databases: DatabaseInstance[];
  targets: Targets;
}

/** The targets of a word in an environment; `all` is whatever has its tags, of a service of `d2.yaml` or not. Throws when a source that matters is silent, or nothing is there. */
export async function resolveTargets(
  environment: Environment,
  what: Target,
  signal: AbortSignal,
): Promise<ResolvedTargets> {
  const { name: env, settings } = environment;
  const inventory = await listInventory(environment, signal);
  const wanted = (instance: Instance) => {
    if (!belongsToEnvironment(instance, settings)) return false;
    if (what === 'bastion') return instance.tags.Service === 'bastion';
    return what === 'all' || servicesOf(instance, settings).length > 0;
  };
  const instances = what === 'rds' ? [] : requireSource('EC2', inventory.instances).filter(wanted);
  for (const instance of instances)
    for (const service of servicesOf(instance, settings)) assertOwnProcess(service, instance, settings);
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
    instances: instances.map((instance) => ({
      id: instance.id,
      name: instance.name,
      agent: isListed(instance, environment),
    })),
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

/** Of a service of `d2.yaml`, or a bastion. */
const isListed = (instance: Instance, { settings }: Pick<Environment, 'settings'>): boolean =>
  servicesOf(instance, settings).length > 0 || instance.tags.Service === 'bastion';

/** What else `all` means: a card says it, since nobody listed it. */
export function unlistedFact(
  what: Target,
  instances: readonly Instance[],
  environment: Pick<Environment, 'settings'>,
  done: 'started' | 'stopped',
): Fact[] {
  const names = instances
    .filter((instance) => !isListed(instance, environment))
    .map((instance) => withId(instanceLabel(instance, environment.settings), instance.id));
  return what === 'all' && names.length > 0
    ? [{ label: 'Not in d2.yaml', value: `${names.join(', ')}; ${done} with the rest` }]
    : [];
}

export const instanceTargets = (instances: readonly Instance[], verb: 'start' | 'stop'): PlanTarget[] =>
  instances.map(({ id, name, tags, state }) => ({
    kind: 'EC2',
    id,
    name,
    verb,
    state,
    service: tags.Service ?? '',
  }));

export const databaseTargets = (
  databases: readonly DatabaseInstance[],
  verb: 'start' | 'stop',
): PlanTarget[] => databases.map(({ id, state }) => ({ kind: 'RDS', id, name: id, verb, state }));

/** The instances whose SSM agents are waited for. */
export const agentsOf = ({ instances }: Targets): string[] =>
  instances.filter(({ agent }) => agent !== false).map(({ id }) => id);

function requireSource<T>(name: string, source: Source<T[]>): T[] {
  if (source.ok) return source.value;
  throw new UserError('unavailable', `${name} could not be read: ${source.reason}`, {
    hint: 'Nothing was changed. Try again when it answers.',
  });
}
