import { setTimeout as sleep } from 'node:timers/promises';
import type { Pm2Entry } from './process.ts';

const suspicionMs = 120_000;
const betweenMs = 3_000;
/** How long PM2 lets a process end where its entry does not say. */
const defaultKillMs = 1_600;

/**
 * How often PM2 brought each process back between two looks, by its id. The second look is only taken where the first
 * suggests a crash loop: PM2 brought a process back of late. Restarts that somebody asked for suggest none.
 */
export async function countCrashes(
  first: readonly Pm2Entry[],
  lookAgain: () => readonly Pm2Entry[] | undefined,
): Promise<{ entries: readonly Pm2Entry[]; crashes: ReadonlyMap<number | undefined, number> }> {
  const none = { entries: first, crashes: new Map<number | undefined, number>() };
  const suspects = first.filter(mayCrash);
  if (suspects.length === 0) return none;
  await sleep(betweenMs);
  const second = lookAgain();
  if (!second) return none;
  const crashes = suspects.map((before) => {
    const after = second.find(({ pm_id }) => pm_id === before.pm_id);
    return [before.pm_id, after ? risenBetween(before, after) : 0] as const;
  });
  return { entries: second, crashes: new Map(crashes) };
}

function mayCrash({ pm2_env: own = {} }: Pm2Entry): boolean {
  const { status, restart_time = 0, unstable_restarts = 0, pm_uptime = 0, created_at, kill_timeout } = own;
  if (status !== 'online' && status !== 'launching') return false;
  if (Date.now() - pm_uptime > suspicionMs) return false;
  // A restart that was asked for begins a count anew, then ends the old process, which it counts if that was young.
  const asked = pm_uptime - (created_at ?? 0) < (Number(kill_timeout) || defaultKillMs) + 500;
  return unstable_restarts > 1 || (restart_time > 0 && !asked);
}

/** What somebody restarted meanwhile has not crashed. */
function risenBetween({ pm2_env: before = {} }: Pm2Entry, { pm2_env: after = {} }: Pm2Entry): number {
  if (before.created_at !== after.created_at) return 0;
  return Math.max(0, (after.restart_time ?? 0) - (before.restart_time ?? 0));
}
