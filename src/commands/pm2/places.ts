import { UserError } from '../../core/reply/errors.ts';
import type { Instance } from '../../platform/compute.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Pm2Home } from '../../platform/instances.ts';
import { pm2Name } from '../../platform/services.ts';
import { findRunning } from '../shared/processes.ts';
import {
  assertOneCopy,
  judgeProcesses,
  notInPm2,
  type ServicePlace,
  type ServiceProcesses,
} from '../shared/service-processes.ts';

/** What PM2 said on an instance that answered. */
interface Answered {
  instance: Instance;
  homes: Pm2Home[];
}

export interface Place extends Answered {
  judged: ServiceProcesses;
}

export interface Places {
  /** Where a verb acts, one or more. */
  places: Place[];
  /** The instances that are left out, each with its reason. */
  left: string[];
  /** Why the first one that could not be asked could not. */
  silent: unknown;
}

/**
 * The running instances that PM2 answers on. Throws the first one's error where none does; one that is not a `UserError`
 * is a bug, and is thrown in any case.
 */
export async function askPm2(
  environment: Environment,
  service: string,
  signal: AbortSignal,
): Promise<{ answered: Answered[]; left: string[]; silent: unknown }> {
  const instances = await findRunning(environment, service, signal);
  const asked = await Promise.allSettled(
    instances.map(({ id }) => environment.instances.listProcesses(id, { signal })),
  );
  const answered: Answered[] = [];
  const left: string[] = [];
  let silent: unknown;
  for (const [index, instance] of instances.entries()) {
    const one = asked[index];
    if (one?.status === 'fulfilled') {
      answered.push({ instance, homes: one.value });
      continue;
    }
    silent ??= one?.reason;
    if (!(one?.reason instanceof UserError)) throw one?.reason;
    left.push(`${instance.name} is left out: ${one.reason.message}`);
  }
  if (answered.length === 0) throw silent;
  return { answered, left, silent };
}

/**
 * Where a verb acts on a service. An instance that can't be asked, or lacks the service, is left out and named; with
 * `lacking: 'kept'` one that lacks it stays. Throws `UserError` not-found where all lack it, conflict where two homes run it.
 */
export async function findPlaces(
  environment: Environment,
  service: string,
  lacking: 'kept' | 'left out',
  signal: AbortSignal,
): Promise<Places> {
  const { name: env, settings } = environment;
  const name = pm2Name(service, settings);
  const placeOf = (instance: Instance): ServicePlace => ({ instance, env, service, name });
  const { answered, left, silent } = await askPm2(environment, service, signal);
  const all = answered.map((one) => ({ ...one, judged: judgeProcesses(one.homes, name) }));
  for (const { instance, judged } of all) assertOneCopy(judged, placeOf(instance));
  if (lacking === 'kept') return { places: all, left, silent };
  const places = all.filter(({ judged }) => judged.meant !== undefined);
  const [first] = answered;
  if (places.length === 0 && first) throw notInPm2(first.homes, placeOf(first.instance));
  const without = all
    .filter(({ judged }) => judged.meant === undefined)
    .map(({ instance }) => `${instance.name} is left out: PM2 there has no process ${name}.`);
  return { places, left: [...left, ...without], silent };
}
