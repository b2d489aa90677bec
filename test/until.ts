import { vi } from 'vitest';

/** Looks until it holds what is asserted: as long as a busy machine may need, which only a failure waits for. */
export const until = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, 30_000);
