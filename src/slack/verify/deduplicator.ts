import { setTimeout as delay } from 'node:timers/promises';
import type { OperationStore } from '../../core/operation/record.ts';

// A store that is slow to say so holds nobody's answer up for longer.
const patienceMs = 2_000;
const most = 5_000;

/** True for the first delivery of a key; Slack sends some twice. A store that is down or slow never drops the only one. */
export function createDeduplicator(
  operations: Pick<OperationStore, 'first'> | undefined,
): (key: string) => Promise<boolean> {
  const seen = new Set<string>();
  return async (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    for (const oldest of seen) {
      if (seen.size <= most) break;
      seen.delete(oldest);
    }
    if (!operations) return true;
    const patience = new AbortController();
    try {
      return await Promise.race([
        operations.first(key).catch(() => true),
        delay(patienceMs, true, { signal: patience.signal, ref: false }),
      ]);
    } finally {
      patience.abort();
    }
  };
}
