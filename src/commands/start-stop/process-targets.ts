import type { Environment } from '../../platform/environment.ts';
import type { Pm2Home } from '../../platform/instances.ts';
import { type Source, valuesOf } from '../shared/inventory.ts';
import { createHomesLister } from '../shared/processes.ts';
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
  environment: Environment,
  processes: Targets['processes'],
  { instances }: Pick<ResolvedTargets, 'instances'>,
  signal: AbortSignal,
): Promise<JudgedProcess[]> {
  const listHomes = createHomesLister(environment, signal);
  return Promise.all(
    processes.map(async (one) => {
      const homes = await listHomes(one.instance);
      const judged = judgeProcesses(valuesOf(homes), one.name);
      const instance = instances.find(({ id }) => id === one.instance);
      if (instance) assertOneCopy(judged, { ...one, instance, env: environment.name });
      return { one, homes, judged };
    }),
  );
}
