/** How many edits a minute this process makes, shared by all its messages (chat.update is tier 3, 50 a minute for the app). */
export interface RateLimiter {
  /** True, and counted, when another edit may be sent now. `leaving` keeps so many for those who can't wait. */
  take(leaving?: number): boolean;
  /** Slack asked for patience: nobody takes until then. */
  pauseFor(ms: number): void;
}

export function createRateLimiter(perMinute: number, now: () => number = Date.now): RateLimiter {
  let spent: number[] = [];
  let restsUntil = 0;
  return {
    take(leaving = 0) {
      const at = now();
      spent = spent.filter((time) => at - time < 60_000);
      if (at < restsUntil || spent.length >= perMinute - leaving) return false;
      spent.push(at);
      return true;
    },
    pauseFor(ms) {
      restsUntil = Math.max(restsUntil, now() + ms);
    },
  };
}
