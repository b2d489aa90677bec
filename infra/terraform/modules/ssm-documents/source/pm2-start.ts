import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { changeFound, stateOf, unended } from './change.ts';
import { findToChange, plannedHome } from './find.ts';
import { env, type Home, isInReach, namedHomes, pm2, readHomes } from './pm2.ts';
import { print } from './print.ts';
import type { Process } from './process.ts';

const service = env('service');
const start = {
  verb: 'start',
  wanted: 'online',
  // PM2 restarts one that is given by its id and runs.
  only: ({ status }: Process) => status !== 'online' && status !== 'launching',
  timeoutMs: 30_000,
} as const;

const known = findToChange(await readHomes());
if (!('error' in known)) {
  await changeFound(known, start);
} else if (known.error !== 'not found') {
  print({ service, ...known });
} else {
  await bring(known);
}

/** PM2 does not know the service: from what PM2 saved where no daemon runs, else from the release's own file. */
async function bring(missing: object): Promise<void> {
  const planned = plannedHome();
  const homes = (await readHomes()).filter(({ home }) => planned === undefined || home === planned);
  const [saved] = homes
    .filter((one) => one.state === 'not running' && saves(one))
    .sort((a, b) => savedAt(b) - savedAt(a));
  if (saved) {
    const run = pm2(saved.home, ['resurrect'], start.timeoutMs);
    return tell(saved.home, run.ok ? undefined : run.said);
  }
  const folder = join(env('folder'), 'current');
  const file = ['ecosystem.config.cjs', 'ecosystem.config.js']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  const [home] = planned === undefined ? [...namedHomes().keys()].filter(isInReach) : [planned];
  if (!file || !home) return print({ service, ...missing });
  const run = pm2(home, ['start', file, '--only', service], start.timeoutMs);
  return tell(home, run.ok ? undefined : run.said);
}

async function tell(home: string, failure?: string): Promise<void> {
  const found = findToChange(await readHomes());
  if ('error' in found) return print({ service, ...found, error: failure ?? found.error });
  const { processes } = found;
  if (failure === undefined && processes.some(({ status }) => status === 'stopped')) {
    return changeFound(found, start);
  }
  const error = failure ?? unended(processes, processes.length, start.wanted);
  const saved = error === null && pm2(home, ['save']).ok;
  print({ service, home, before: [], after: processes.map(stateOf), saved, error });
}

const dumpOf = (home: string): string => join(home, 'dump.pm2');

const savedAt = ({ home }: Home): number => statSync(dumpOf(home), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function saves({ home }: Home): boolean {
  try {
    const saved: unknown = JSON.parse(readFileSync(dumpOf(home), 'utf8'));
    return Array.isArray(saved) && saved.some((entry) => entry?.name === service);
  } catch {
    return false;
  }
}
