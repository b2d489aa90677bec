import { z } from 'zod';
import { describeProcess, processData, unknownOf, unknowns } from '../shared/data.ts';
import { valuesOf } from '../shared/inventory.ts';
import type { InstanceProcesses } from '../shared/processes.ts';
import { judgeProcesses } from '../shared/service-processes.ts';

export const pm2Data = z.object({
  instances: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      homes: z.array(z.object({ home: z.string(), owner: z.string(), state: z.string() })),
      processes: z.array(
        processData.extend({ stale: z.boolean().describe('a copy that another home’s made out of date') }),
      ),
    }),
  ),
  unknown: unknowns,
});

/** What PM2 said on each instance; of one process only, where it is named. */
export const describePm2 = (asked: readonly InstanceProcesses[], only?: string): z.infer<typeof pm2Data> => ({
  instances: asked.map(({ instance, homes }) => ({
    id: instance.id,
    name: instance.name,
    homes: valuesOf(homes).map(({ home, owner, state }) => ({ home, owner, state })),
    processes: valuesOf(homes).flatMap((home) =>
      home.processes
        .filter(({ name }) => only === undefined || name === only)
        .map((process) => ({
          ...describeProcess(home, process),
          stale: judgeProcesses(valuesOf(homes), process.name).stale.some((copy) => copy.in === home),
        })),
    ),
  })),
  unknown: unknownOf(Object.fromEntries(asked.map(({ instance, homes }) => [instance.id, homes]))),
});
