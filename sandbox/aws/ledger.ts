import type { Clock } from '../clock.ts';
import type { LedgerEntry } from '../interfaces.ts';

export interface Ledger {
  entries(): LedgerEntry[];
  note(entry: Omit<LedgerEntry, 'time'>): void;
  clear(): void;
}

export function createLedger(clock: Clock): Ledger {
  let entries: LedgerEntry[] = [];
  return {
    entries: () => [...entries],
    note: (entry) => entries.push({ time: clock.now().toISOString(), ...entry }),
    clear: () => {
      entries = [];
    },
  };
}

/** The bot's operation id, in the user agent of its calls or the comment of its commands. */
export function operationOf(userAgent: string | undefined, comment: string): string | undefined {
  return /\bd2-op\/([0-9A-Z]{26})\b/.exec(userAgent ?? '')?.[1] ?? /^d2 ([0-9A-Z]{26}) /.exec(comment)?.[1];
}
