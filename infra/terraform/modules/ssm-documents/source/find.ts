import { copiesOf, liveCopies } from '../../../../../src/platform/pm2-copies.ts';
import { env, type Home, hasPm2, isInReach } from './pm2.ts';
import type { Process } from './process.ts';

export interface Found {
  home: string;
  /** All of the service's name in that home, the first with the lowest id. */
  processes: [Process, ...Process[]];
}

export interface NotFound {
  error: string;
  known?: string[];
  where?: string[];
}

/** The service's processes, by exact name, in the home that runs it: PM2 itself would also take `all`, ids and patterns. */
export function findService(homes: readonly Home[]): Found | NotFound {
  const [copy] = copiesOf(homes, env('service'));
  return copy ? { home: copy.in.home, processes: copy.processes } : notFound(homes);
}

/** As `findService`, to act on: refuses where two homes run the service, and where another home than the planned one does. */
export function findToChange(homes: readonly Home[]): Found | NotFound {
  const service = env('service');
  const planned = plannedHome();
  const copies = copiesOf(homes, service);
  const live = liveCopies(copies).map((copy) => copy.in);
  if (live.length > 1) {
    return {
      error: 'several homes',
      where: homes.filter((home) => live.includes(home)).map(({ home }) => home),
    };
  }
  const [copy] = copies;
  if (!copy) return notFound(homes);
  const { in: home, processes } = copy;
  if (planned !== undefined && planned !== home.home) {
    return { error: 'another home', where: [planned, home.home] };
  }
  // PM2 takes an argument for a name before it takes it for an id.
  if (processes.some(({ id }) => home.processes.some(({ name }) => name === String(id)))) {
    return { error: `another process is named like the id of ${service}` };
  }
  return { home: home.home, processes };
}

/** The home that the plan named; `undefined` where it named none. */
export function plannedHome(): string | undefined {
  const home = env('home');
  return home === 'any' ? undefined : home;
}

function notFound(homes: readonly Home[]): NotFound {
  if (!homes.some(({ home, state }) => (isInReach(home) ? hasPm2(home) : state.startsWith('failed'))))
    return { error: 'no pm2' };
  const failed = homes.find(({ state }) => state.startsWith('failed'));
  if (failed) return { error: failed.state };
  return { error: 'not found', known: homes.flatMap(({ processes }) => processes.map(({ name }) => name)) };
}
