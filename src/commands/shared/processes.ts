import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Pm2Home, Process } from '../../platform/instances.ts';
import { instancesOf, pm2Name, serviceSettings, twinOf } from '../../platform/services.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import { type Source, sourceOf } from './inventory.ts';

/** PM2 on one instance, or why it can't be told (agent offline, not permitted, timed out). */
export interface InstanceProcesses {
  instance: Instance;
  homes: Source<Pm2Home[]>;
}

export interface FoundProcess {
  home: Pm2Home;
  process: Process;
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
    `${service} and ${twin} are both on ${instance.name || instance.id}, and both are ${name} in PM2.`,
    {
      hint: `Say each one’s own process name: ${settings.where(`services.${service}.pm2`)}, ${settings.where(`services.${twin}.pm2`)}; or another tag, if they are on different instances.`,
    },
  );
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

/** The first process of that name, in whichever home. */
export const processNamed = (homes: readonly Pm2Home[], name: string): Process | undefined =>
  homes.flatMap(({ processes }) => processes).find((process) => process.name === name);

/** Every process of that name, in whichever home. Throws `UserError` not-found that says what PM2 has instead. */
export function findProcesses(
  homes: readonly Pm2Home[],
  name: string,
  { instance, env, service }: { instance: Instance; env: string; service: string },
): FoundProcess[] {
  const all = homes.flatMap((home) => home.processes.map((process) => ({ home, process })));
  const found = all.filter(({ process }) => process.name === name);
  if (found.length > 0) return found;
  const { sentence, hint } = absence(homes, name, instance);
  throw new UserError('not-found', sentence, {
    hint,
    actions: [
      ...(homes.every((home) => home.state === 'no pm2')
        ? []
        : [invoke(`Start ${service}`, 'pm2 start', { service, env })]),
      invoke('Logs', 'logs', { service, env }),
    ],
  });
}

function absence(homes: readonly Pm2Home[], name: string, instance: Instance) {
  const where = `on ${instance.name || instance.id}`;
  const looked = `Looked in ${homes.map((home) => home.home).join(' and ')}.`;
  const others = [...new Set(homes.flatMap((home) => home.processes.map((process) => process.name)))];
  if (others.length > 0) {
    return {
      sentence: `PM2 ${where} has no process "${name}".`,
      hint: `It has ${others.slice(0, 8).join(', ')}. ${looked}`,
    };
  }
  if (homes.some((home) => home.state === 'ok')) {
    return {
      sentence: `PM2 runs ${where}, but its list is empty.`,
      hint: `${looked} Start it from its ecosystem file, or deploy it.`,
    };
  }
  if (homes.some((home) => home.state === 'no pm2')) {
    return {
      sentence: `PM2 is not installed ${where}.`,
      hint: 'The instance’s user_data installs it: see /var/log/cloud-init-output.log there.',
    };
  }
  return {
    sentence: `PM2 is not running ${where}.`,
    hint: `${looked} Starting ${name} starts PM2 too.`,
  };
}

/** `root’s PM2`, `ec2-user’s PM2`: by the folder that `.pm2` lies in, since one user may own both; else by its owner. */
export function homeName({ home, owner }: Pm2Home): string {
  const person = /\/([^/]+)\/\.pm2$/.exec(home)?.[1] ?? owner;
  return person === '' ? `PM2 in ${home}` : `${person}’s PM2`;
}

/** A crash loop as far as one look can tell: PM2 gave up or waits to restart, or restarts have piled up and it has just come up. */
export function isCrashLooping(process: Process, now: Date): boolean {
  if (process.status === 'errored' || process.status === 'waiting restart') return true;
  const upMs = now.getTime() - process.startedAt;
  return (
    process.status === 'online' && upMs < 120_000 && (process.unstableRestarts > 0 || process.restarts >= 5)
  );
}

/** Down and staying down. PM2 still has a pid for one that is `stopping`, and brings back one that is `waiting restart`. */
export const isDown = (process: Process | undefined): boolean =>
  process === undefined || process.status === 'stopped' || process.status === 'errored';
