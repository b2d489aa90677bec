import { setImmediate } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/** Resolves in a turn of the event loop that nobody else was given: what arrived meanwhile is acknowledged first. */
export function nextTurn(): Promise<void> {
  last = last.then(() => setImmediate());
  return last;
}
