import { nextTurn } from '../turns.ts';

export interface WorkQueue {
  /** Runs `work` when it is the turn of `asker`; resolves at its end. */
  add(asker: string, work: () => Promise<unknown>): Promise<void>;
}

interface Options {
  /** How many pieces of work run at once. */
  atOnce: number;
  /** ms after which running work no longer counts among those. */
  countsForMs: number;
}

/**
 * Starts one piece of work a turn of the event loop, and in turn by who asked: acknowledgements come between, and
 * nobody waits for all of somebody else's. Work that runs for long waits for others (AWS, an operation's step) rather
 * than for this process, so that it stops counting and holds nothing up.
 */
export function createWorkQueue({ atOnce, countsForMs }: Options): WorkQueue {
  /** By who asked; who was served last stands last. */
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;
  let isStarting = false;

  async function start(): Promise<void> {
    if (isStarting) return;
    isStarting = true;
    while (running < atOnce && waiting.size > 0) {
      await nextTurn();
      takeNext()?.();
    }
    isStarting = false;
  }

  function takeNext(): (() => void) | undefined {
    for (const [asker, [first, ...rest]] of waiting) {
      waiting.delete(asker);
      if (rest.length > 0) waiting.set(asker, rest);
      return first;
    }
    return undefined;
  }

  async function run(work: () => Promise<unknown>): Promise<void> {
    running += 1;
    let counts = true;
    const stopCounting = () => {
      if (!counts) return;
      counts = false;
      running -= 1;
      void start();
    };
    const timer = setTimeout(stopCounting, countsForMs);
    try {
      await work();
    } finally {
      clearTimeout(timer);
      stopCounting();
    }
  }

  return {
    add: (asker, work) =>
      new Promise((resolve, reject) => {
        const begin = () => void run(work).then(resolve, reject);
        waiting.set(asker, [...(waiting.get(asker) ?? []), begin]);
        void start();
      }),
  };
}
