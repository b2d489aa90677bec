const freshMs = 60_000;

/** Keeps what was found for a minute, and asks once for all who wait; a live look-up is always made anew. Failures are not kept. */
export function createTtlCache<T>(
  now: () => number,
  find: (id: string) => Promise<T>,
): (id: string, freshness: 'cached' | 'live') => Promise<T> {
  const kept = new Map<string, { at: number; value: Promise<T> }>();
  return (id, freshness) => {
    const known = kept.get(id);
    if (freshness === 'cached' && known && now() - known.at < freshMs) return known.value;
    if (kept.size > 1_000) kept.clear();
    const entry = { at: now(), value: find(id) };
    kept.set(id, entry);
    entry.value.catch(() => {
      if (kept.get(id) === entry) kept.delete(id);
    });
    return entry.value;
  };
}
