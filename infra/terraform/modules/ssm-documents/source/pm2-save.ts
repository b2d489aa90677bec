import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, pm2, readHomes } from './pm2.ts';
import { print } from './print.ts';

print({ homes: (await readHomes()).map(save) });

function save({ home, state }: Home) {
  if (state !== 'ok') return { home, state, saved: 0 };
  const run = pm2(home, ['save']);
  if (!run.ok) return { home, state: `failed: ${run.said}`, saved: 0 };
  return { home, state, saved: countSaved(home) };
}

/** PM2 keeps an older list rather than save an empty one. */
function countSaved(home: string): number {
  try {
    const saved: unknown = JSON.parse(readFileSync(join(home, 'dump.pm2'), 'utf8'));
    return Array.isArray(saved) ? saved.length : 0;
  } catch {
    return 0;
  }
}
