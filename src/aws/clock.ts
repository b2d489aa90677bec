import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { Clients } from './client/clients.ts';

// The Date header has whole seconds, and an answer takes time to come.
const toleranceMs = 2_000;

/**
 * AWS's time: this machine's clock, corrected by what the Date headers of AWS's answers say. Leases, locks and
 * confirmations written by one replica or laptop expire for all others at the same moment only if they share a clock.
 */
export function createClock(clients: Pick<Clients, 'onDate'>): Clock {
  let offset = 0;

  function learn(date: string | undefined, askedAt: number): void {
    const there = Date.parse(date ?? '');
    const here = Date.now();
    if (Number.isNaN(there)) return;
    // The header was written somewhere between asking and hearing: a slow answer proves less.
    const doubt = toleranceMs + (here - askedAt);
    const seen = there - (askedAt + here) / 2;
    if (Math.abs(seen - offset) > doubt) offset = seen;
  }

  clients.onDate(learn);
  return {
    now: () => new Date(Date.now() + offset),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
  };
}
