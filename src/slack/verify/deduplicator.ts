import { createCircuitBreaker } from '../../core/circuit-breaker.ts';
import type { Deduplication } from '../../stores/deduplication.ts';

const most = 5_000;

/** True for the first delivery of a key; Slack sends some twice. A store that is down or slow never drops the only one. */
export function createDeduplicator(
  deduplication: Deduplication | undefined,
): (key: string) => Promise<boolean> {
  const seen = new Set<string>();
  const soon = createCircuitBreaker('The bot’s table');
  return async (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    for (const oldest of seen) {
      if (seen.size <= most) break;
      seen.delete(oldest);
    }
    if (!deduplication) return true;
    return soon(() => deduplication.first(key)).catch(() => true);
  };
}
