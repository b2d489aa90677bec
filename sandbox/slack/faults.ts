import type { Fault } from '../interfaces.ts';
import { createRandom } from '../random.ts';

export interface Faults {
  set(faults: readonly Fault[]): void;
  /** The fault that hits this call, if one does; counts it. `method` is `chat.update`, `response_url` … */
  next(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  let active: { fault: Fault; left: number; random: () => number }[] = [];

  return {
    set(faults) {
      active = faults.map((fault) => ({
        fault,
        left: fault.times ?? Number.POSITIVE_INFINITY,
        random: fault.seed === undefined ? Math.random : createRandom(fault.seed),
      }));
    },
    next(method) {
      for (const each of active) {
        const named = each.fault.action === `slack:${method}` || each.fault.action === 'slack:*';
        if (!named || each.left <= 0) continue;
        if (each.fault.rate !== undefined && each.random() >= each.fault.rate) continue;
        each.left -= 1;
        return each.fault;
      }
      return undefined;
    },
  };
}
