import type { BotContext } from '../context.ts';

/** Tries with growing pauses, the longest below `longest` ms; false when none succeeded. */
export async function retry<P>(
  { clock }: BotContext<P>,
  attempt: () => Promise<void>,
  longest = 20_000,
): Promise<boolean> {
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
