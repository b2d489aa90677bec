/** Time as a port: the bot never reads the machine's own clock. */
export interface Clock {
  now(): Date;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Tries with growing pauses, the longest below `longest` ms; false when none succeeded. */
export async function retry(clock: Clock, attempt: () => Promise<void>, longest = 20_000): Promise<boolean> {
  for (let pause = 500; pause < longest; pause *= 2) {
    try {
      await attempt();
      return true;
    } catch {
      await clock.sleep(pause);
    }
  }
  return false;
}
