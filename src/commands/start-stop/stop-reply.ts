import { z } from 'zod';
import { facts, type Part } from '../../core/reply/parts.ts';
import { changes } from '../shared/data.ts';
import type { Inventory } from '../shared/inventory.ts';
import { type StillRunning, stillRunningFact } from '../shared/still-running.ts';

export const stopData = z.object({
  changed: changes,
  stillRunning: z
    .array(z.object({ id: z.string(), name: z.string(), perHourUsd: z.number().nullable() }))
    .describe('instances of the environment that run all the same'),
});

export const describeRunning = (running: readonly StillRunning[]): z.infer<typeof stopData>['stillRunning'] =>
  running.map(({ id, name, perHour }) => ({ id, name, perHourUsd: perHour ?? null }));

export function stillRunningPart(running: readonly StillRunning[], inventory: Inventory): Part[] {
  const rows = stillRunningFact(running, inventory);
  return rows.length > 0 ? [facts(rows)] : [];
}
