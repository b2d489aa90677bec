import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeFound } from './change.ts';
import { findService } from './find.ts';
import { env, type Home, namedHomes, pm2, readHomes } from './pm2.ts';
import { print } from './print.ts';
import type { Process } from './process.ts';

const service = env('service');
const timeoutMs = 30_000;

const known = findService(await readHomes());
if (!('error' in known)) {
  await changeFound(known, { verb: 'start', wanted: 'online', idempotent: true, timeoutMs });
} else if (known.error !== 'not found') {
  print({ service, ...known });
} else {
  await bring(known);
}

/** PM2 does not know the service: from what PM2 saved where no daemon runs, else from the release's own file. */
async function bring(missing: object): Promise<void> {
  for (const { home } of (await readHomes()).filter((one) => one.state === 'not running' && saves(one))) {
    const run = pm2(home, ['resurrect'], timeoutMs);
    if (!run.ok) return tell(home, run.said);
    return tell(home);
  }
  const folder = join(env('folder'), 'current');
  const file = ['ecosystem.config.cjs', 'ecosystem.config.js']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  const [home] = namedHomes().keys();
  if (!file || !home) return print({ service, ...missing });
  const run = pm2(home, ['start', file, '--only', service], timeoutMs);
  return tell(home, run.ok ? undefined : run.said);
}

async function tell(home: string, failure?: string): Promise<void> {
  const found = findService(await readHomes());
  if ('error' in found) return print({ service, ...found, error: failure ?? found.error });
  const after: Process = found.processes[0];
  if (failure === undefined && after.status === 'stopped') {
    return changeFound(found, { verb: 'start', wanted: 'online', idempotent: true, timeoutMs });
  }
  const error = failure ?? (after.status === 'online' ? null : `the process is ${after.status}`);
  const saved = error === null && pm2(home, ['save']).ok;
  print({ service, home, before: null, after, saved, error });
}

function saves({ home }: Home): boolean {
  try {
    const saved: unknown = JSON.parse(readFileSync(join(home, 'dump.pm2'), 'utf8'));
    return Array.isArray(saved) && saved.some((entry) => entry?.name === service);
  } catch {
    return false;
  }
}
