import type { DatabaseInstance } from '../../platform/databases.ts';
import type { HttpHealth } from '../../platform/network.ts';
import { databaseState } from '../shared/database-state.ts';
import { isHealthy } from '../shared/http-health.ts';
import type { Source } from '../shared/inventory.ts';

/** Whether a service that answers can serve too; `unknown` where it has no such path, or could not be asked. */
export type Readiness = 'ready' | 'not ready' | 'unknown';

export function readiness(health: Source<HttpHealth>, ready: Source<HttpHealth> | undefined): Readiness {
  // One that does not even answer is told by that.
  if (!health.ok || !isHealthy(health.value) || !ready?.ok) return 'unknown';
  if (isHealthy(ready.value)) return 'ready';
  // A path that is not there answers 404, one that wants a login 401; nothing of it says that it can't serve.
  return (ready.value.status ?? 0) >= 500 ? 'not ready' : 'unknown';
}

/** `answers, but its database is stopped`: by what RDS says, else by its own word. */
export function databaseNews(
  ready: Readiness,
  databases: Source<readonly DatabaseInstance[]> | undefined,
): string | undefined {
  const known = databases?.ok ? databases.value : [];
  const down = known.find(({ state }) => databaseState(state).kind !== 'serving');
  if (ready === 'ready') return undefined;
  // Of several databases any may be the one that it uses: then only its own word counts.
  if (down && (ready === 'not ready' || known.length === 1))
    return `answers, but its database is ${down.state}`;
  return ready === 'not ready' ? 'answers, but can’t serve: its database may be out of reach' : undefined;
}
