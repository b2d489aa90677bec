import { env, type Home, hasPm2 } from './pm2.ts';
import type { Process } from './process.ts';

export interface Found {
  home: string;
  /** One for each instance of the service, the first with the lowest id. */
  processes: [Process, ...Process[]];
}

export interface NotFound {
  error: string;
  known?: string[];
}

/** The service's processes, by exact name, in the first home that has it: PM2 itself would also take `all`, ids and patterns. */
export function findService(homes: readonly Home[]): Found | NotFound {
  if (!hasPm2()) return { error: 'no pm2' };
  const service = env('service');
  for (const { home, processes } of homes) {
    const [first, ...rest] = processes.filter(({ name }) => name === service);
    if (!first) continue;
    // PM2 takes an argument for a name before it takes it for an id.
    if ([first, ...rest].some(({ id }) => processes.some(({ name }) => name === String(id)))) {
      return { error: `another process is named like the id of ${service}` };
    }
    return { home, processes: [first, ...rest] };
  }
  const failed = homes.find(({ state }) => state.startsWith('failed'));
  if (failed) return { error: failed.state };
  return { error: 'not found', known: homes.flatMap(({ processes }) => processes.map(({ name }) => name)) };
}
