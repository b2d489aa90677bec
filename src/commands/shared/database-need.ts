import type { Environment } from '../../platform/environment.ts';
import { serviceSettings } from '../../platform/services.ts';
import { databaseState, stateText } from './database-state.ts';
import { sourceOf, valuesOf } from './inventory.ts';

/** For a card: that a service will come up without the database that it needs. What RDS does not say is no warning. */
export async function databaseWarning(
  { databases, settings }: Pick<Environment, 'databases' | 'settings'>,
  service: string,
  signal: AbortSignal,
): Promise<string[]> {
  if (!serviceSettings(service, settings)?.usesDatabase) return [];
  const all = valuesOf(await sourceOf(databases.listDatabases({ signal })));
  const down = all.filter(({ state }) => databaseState(state).kind !== 'serving');
  return down.length > 0 && down.length === all.length
    ? down.map(({ id, state }) => `Its database ${id} is ${stateText(state)}.`)
    : [];
}
