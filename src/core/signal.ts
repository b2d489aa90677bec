import { setMaxListeners } from 'node:events';

/** The same signal, for a command: it asks a dozen things at once, each of which listens to it, and Node takes more than ten for a leak. */
export function withManyListeners(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
