import type { Fault } from '../interfaces.ts';

export interface Faults {
  set(faults: readonly Fault[]): void;
  /** The fault that hits this call, if one does; counts it. `method` is `chat.update`, `response_url` … */
  next(method: string): Fault | undefined;
}

/** mulberry32: the same seed hits the same calls. */
function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function createFaults(): Faults {
  let armed: { fault: Fault; left: number; roll: () => number }[] = [];

  return {
    set(faults) {
      armed = faults.map((fault) => ({
        fault,
        left: fault.times ?? Number.POSITIVE_INFINITY,
        roll: fault.seed === undefined ? Math.random : createDice(fault.seed),
      }));
    },
    next(method) {
      for (const each of armed) {
        const named = each.fault.action === `slack:${method}` || each.fault.action === 'slack:*';
        if (!named || each.left <= 0) continue;
        if (each.fault.rate !== undefined && each.roll() >= each.fault.rate) continue;
        each.left -= 1;
        return each.fault;
      }
      return undefined;
    },
  };
}
