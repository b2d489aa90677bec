import { setImmediate } from 'node:timers/promises';

/** Gives everybody who asks a turn of the event loop of their own: what arrived meanwhile is served before. */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
