import type { Caller } from './access.ts';

interface Verified {
  caller: Caller;
  /** Seconds since 1970, as the token has it. */
  exp: number;
}

/** How many callers at once are spared the arithmetic. */
const most = 2_000;

/**
 * Tokens that were verified, until they expire: a client sends the same one with every request, and what is true of a
 * token stays true but for its expiry. The longest unused goes first.
 */
export function createMemory() {
  const kept = new Map<string, Verified>();
  return {
    find(token: string): Caller | undefined {
      const found = kept.get(token);
      if (!found) return undefined;
      kept.delete(token);
      if (found.exp * 1_000 <= Date.now()) return undefined;
      kept.set(token, found);
      return found.caller;
    },
    keep(token: string, verified: Verified): void {
      kept.set(token, verified);
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(oldest);
      }
    },
  };
}
