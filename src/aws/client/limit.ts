import { UserError } from '../../core/reply/errors.ts';

/** Does the work when it is its turn. Throws `UserError` where the signal ends the waiting. */
export type Limit = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** At most so much under way at once; the rest waits in a line. */
export function createLimit(most: number): Limit {
  let free = most;
  const line = new Set<() => void>();

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        line.delete(begin);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        line.delete(begin);
        reject(
          new UserError('timeout', 'Too much is asked of AWS at once: the turn did not come in time.', {
            hint: 'Try again.',
          }),
        );
      };
      line.add(begin);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });

  return async (work, signal) => {
    if (free > 0) free--;
    else await turn(signal);
    try {
      return await work();
    } finally {
      const [next] = line;
      // The place goes over to the next in the line.
      if (next) next();
      else free++;
    }
  };
}
