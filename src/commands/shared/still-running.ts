import type { Fact } from '../../core/reply/parts.ts';
import type { Environment } from '../../platform/environment.ts';
import { instanceLabel } from '../../platform/services.ts';
import { dollars } from './cost.ts';
import { type Inventory, valuesOf } from './inventory.ts';

export interface StillRunning {
  id: string;
  /** As people say it: `bastion`, `RDS`. */
  name: string;
  /** USD; `undefined` where its type has no price. */
  perHour: number | undefined;
}

/** The instances and databases that run, whatever they are for, but for those that a change stops. */
export function stillRunning(
  inventory: Inventory,
  { prices, settings }: Pick<Environment, 'prices' | 'settings'>,
  stopped: readonly { id: string }[] = [],
): StillRunning[] {
  return [
    ...valuesOf(inventory.instances)
      .filter(({ state }) => state === 'running' || state === 'pending')
      .map((instance) => ({
        id: instance.id,
        name: instanceLabel(instance, settings),
        perHour: prices.instance(instance.type),
      })),
    ...valuesOf(inventory.databases)
      .filter(({ state }) => state !== 'stopped' && state !== 'stopping')
      .map((database) => ({ id: database.id, name: 'RDS', perHour: prices.database(database.class) })),
  ].filter(({ id }) => !stopped.some((one) => one.id === id));
}

/** `bastion i-0a1… $0.01/h, RDS … $0.03/h`; what could not be read is said too. */
export function stillRunningFact(
  running: readonly StillRunning[],
  { instances, databases }: Inventory,
): Fact[] {
  const unread = [
    ...(instances.ok ? [] : [`EC2 could not be read: ${instances.reason}`]),
    ...(databases.ok ? [] : [`RDS could not be read: ${databases.reason}`]),
  ];
  const said = running.map(
    ({ name, id, perHour }) =>
      `${name} (${id}) ${perHour === undefined ? 'price unknown' : `${dollars(perHour)}/h`}`,
  );
  return [...said, ...unread].length === 0
    ? []
    : [{ label: 'Still running', value: [...said, ...unread].join(', '), tone: 'warn' }];
}

/** `dev is asleep` only where nothing of it runs: `dev is asleep but for bastion, RDS`. */
export function asleepText(name: string, running: readonly StillRunning[]): string {
  const names = [...new Set(running.map((one) => one.name))];
  return names.length === 0 ? `${name} is asleep` : `${name} is asleep but for ${names.join(', ')}`;
}
