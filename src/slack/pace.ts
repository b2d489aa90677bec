/** At most so many edits a minute for this process, shared by all its messages (chat.update is tier 3, 50 a minute for the app). */
export interface Budget {
  /** True, and counted, when another edit may be sent now. */
  take(): boolean;
}

export function createBudget(perMinute: number, now: () => number = Date.now): Budget {
  let spent: number[] = [];
  return {
    take() {
      const at = now();
      spent = spent.filter((time) => at - time < 60_000);
      if (spent.length >= perMinute) return false;
      spent.push(at);
      return true;
    },
  };
}
