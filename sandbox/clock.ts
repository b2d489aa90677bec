/** The account's time: real time plus whatever was turned. States move on AWS's own time, `speed` times faster. */
export interface Clock {
  now(): Date;
  /** Calls `act` once `ms` of AWS's time have passed, turned time included; returns how to call it off. */
  after(ms: number, act: () => void): () => void;
  /** Turns the clock: everything due meanwhile fires at once, in order. */
  advance(ms: number): void;
  close(): void;
}

interface Scheduled {
  at: number;
  act: () => void;
}

/** What a timer can wait at most, 24.8 days: one for longer would fire at once. */
const longestMs = 2 ** 31 - 1;

export function createClock({ speed = 1 } = {}): Clock {
  const began = Date.now();
  const queue = new Set<Scheduled>();
  let turned = 0;
  let timer: NodeJS.Timeout | undefined;

  const elapsed = () => (Date.now() - began) * speed + turned;
  const next = () => [...queue].sort((a, b) => a.at - b.at)[0];

  function arm(): void {
    clearTimeout(timer);
    const due = next();
    if (due) timer = setTimeout(fire, Math.min(longestMs, Math.max(0, (due.at - elapsed()) / speed)));
  }

  function fire(): void {
    for (let due = next(); due && due.at <= elapsed(); due = next()) {
      queue.delete(due);
      due.act();
    }
    arm();
  }

  return {
    now: () => new Date(Date.now() + turned),
    after(ms, act) {
      const due = { at: elapsed() + ms, act };
      queue.add(due);
      arm();
      return () => {
        queue.delete(due);
        arm();
      };
    },
    advance(ms) {
      turned += ms;
      fire();
    },
    close() {
      clearTimeout(timer);
      queue.clear();
    },
  };
}
