import { setTimeout as delay } from 'node:timers/promises';
import type { Deduplication } from '../../stores/deduplication.ts';

// A store that is slow to say so holds nobody's answer up for longer.
const patienceMs = 2_000;
const most = 5_000;

/** True for the first delivery of a key; Slack sends some twice. A store that is down or slow never drops the only one. */
export function createDeduplicator(
  deduplication: Deduplication | undefined,
): (key: string) => Promise<boolean> {
  const seen = new Set<string>();
  return async (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    for (const oldest of seen) {
      if (seen.size <= most) break;
      seen.delete(oldest);
    }
    if (!deduplication) return true;
    const patience = new AbortController();
    try {
      return await Promise.race([
        deduplication.first(key).catch(() => true),
        delay(patienceMs, true, { signal: patience.signal, ref: false }),
      ]);
    } finally {
      patience.abort();
    }
  };
}
