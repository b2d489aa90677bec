import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Pm2Home } from '../../platform/instances.ts';
import { instancesOf, pm2Name, serviceSettings, twinOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import { type Source, sourceOf } from './inventory.ts';

/** PM2 on one instance, or why it can't be told (agent offline, not permitted, timed out). */
export interface InstanceProcesses {
  instance: Instance;
  homes: Source<Pm2Home[]>;
}

/** The running instances of a service. Throws `UserError` not-found when there is none, conflict when none of them runs. */
export async function findRunning(
  { compute, settings }: Pick<Environment, 'compute' | 'settings'>,
  service: string,
  signal: AbortSignal,
): Promise<Instance[]> {
  return runningOf(await compute.listInstances({ signal }), service, settings);
}

/** As `findRunning`, of instances that are known already. */
export function runningOf(
  instances: readonly Instance[],
  service: string,
  settings: EnvironmentSettings,
): Instance[] {
  const { name: env } = settings;
  const own = instancesOf(instances, service, settings);
  const running = own.filter((instance) => instance.state === 'running');
  for (const instance of running) assertOwnProcess(service, instance, settings);
  if (running.length > 0) return running;
  if (own.length === 0) {
    throw new UserError('not-found', `There is no ${service} instance in ${env}.`, {
      hint: `Looked for the tags Environment=${env} and ${tagText(service, settings)}. If its Terraform toggle is off, it is created when that is turned on; if another tag tells its instances, say it in ${settings.where(`services.${service}.tag`)}.`,
      actions: [invoke('Status', 'status', { env })],
    });
  }
  const states = [...new Set(own.map((instance) => instance.state))].join(', ');
  const asleep = own.some((instance) => instance.state === 'stopped');
  throw new UserError('conflict', `${service} in ${env} can’t be asked: its instance is ${states}.`, {
    hint: asleep ? `Start ${env} first; it takes a few minutes.` : 'Ask again in a minute.',
    actions: [
      ...(asleep ? [invoke(`Start ${env}`, 'start', { env })] : []),
      invoke('Status', 'status', { env }),
    ],
  });
}

const tagText = (service: string, settings: EnvironmentSettings): string => {
  const { key, value } = serviceSettings(service, settings)?.tag ?? { key: 'Service', value: service };
  return `${key}=${value}`;
};

/** Throws `UserError` conflict where another service on the instance has the same process name: PM2 can’t tell them apart. */
export function assertOwnProcess(service: string, instance: Instance, settings: EnvironmentSettings): void {
  const twin = twinOf(service, instance, settings);
  if (twin === undefined) return;
  const name = pm2Name(service, settings);
  throw new UserError(
    'conflict',
    `${service} and ${twin} are both on ${instance.name}, and both are ${name} in PM2.`,
    {
      hint: `Say each one’s own process name: ${settings.where(`services.${service}.pm2`)}, ${settings.where(`services.${twin}.pm2`)}; or another tag, if they are on different instances.`,
    },
  );
}

/** PM2’s homes on an instance, each instance asked once however many services it carries; never rejects. */
export function createHomesLister(
  { instances: hosts }: Pick<Environment, 'instances'>,
  signal: AbortSignal,
): (instance: string) => Promise<Source<Pm2Home[]>> {
  const asked = new Map<string, Promise<Source<Pm2Home[]>>>();
  return (instance) => {
    const homes = asked.get(instance) ?? sourceOf(hosts.listProcesses(instance, { signal }));
    asked.set(instance, homes);
    return homes;
  };
}

/** Asks every instance at once; never rejects. */
export function listHomes(
  { instances: hosts }: Pick<Environment, 'instances'>,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<InstanceProcesses[]> {
  return Promise.all(
    instances.map(async (instance) => ({
      instance,
      homes: await sourceOf(hosts.listProcesses(instance.id, { signal })),
    })),
  );
}
