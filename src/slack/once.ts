import type { Operations } from '../bot/operation.ts';

/** True for the first delivery of a key; Slack sends some twice. A store that is down never drops the only one. */
export function createOnce(
  operations: Pick<Operations, 'first'> | undefined,
): (key: string) => Promise<boolean> {
  const seen = new Set<string>();
  return async (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    if (seen.size > 5_000) seen.delete([...seen][0] ?? '');
    return (await operations?.first(key).catch(() => true)) ?? true;
  };
}
