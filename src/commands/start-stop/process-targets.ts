import type { Environment } from '../../platform/environment.ts';
import type { Pm2Home } from '../../platform/instances.ts';
import { type Source, sourceOf, valuesOf } from '../shared/inventory.ts';
import { assertOneCopy, judgeProcesses, type ServiceProcesses } from '../shared/service-processes.ts';
import type { ResolvedTargets, Targets } from './targets.ts';

/** A process to start or stop, and what PM2 says of it. */
export interface JudgedProcess {
  one: Targets['processes'][number];
  homes: Source<Pm2Home[]>;
  judged: ServiceProcesses;
}

/** Asks PM2 for each. Throws `UserError` conflict where two homes run a service; what can't be asked is no failure. */
export async function judgeTargets(
  { name: env, instances: hosts }: Environment,
  processes: Targets['processes'],
  { instances }: Pick<ResolvedTargets, 'instances'>,
  signal: AbortSignal,
): Promise<JudgedProcess[]> {
  const asked = new Map<string, Promise<Source<Pm2Home[]>>>();
  const listOnce = (instance: string) => {
    const homes = asked.get(instance) ?? sourceOf(hosts.listProcesses(instance, { signal }));
    asked.set(instance, homes);
    return homes;
  };
  return Promise.all(
    processes.map(async (one) => {
      const homes = await listOnce(one.instance);
      const judged = judgeProcesses(valuesOf(homes), one.name);
      const instance = instances.find(({ id }) => id === one.instance);
      if (instance) assertOneCopy(judged, { ...one, instance, env });
      return { one, homes, judged };
    }),
  );
}
