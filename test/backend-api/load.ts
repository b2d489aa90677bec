import { Agent, get } from 'node:http';
import autocannon from 'autocannon';

export interface Tally {
  /** How many answers of each status, and how many failures of each code. */
  outcomes: Record<string, number>;
  /** Stops asking, and waits for what was asked. */
  stop(): Promise<Record<string, number>>;
}

interface LoadOptions {
  url: string;
  headers?: Record<string, string>;
  clients: number;
  keepAlive: boolean;
}

/** Clients that ask one after the other, and know of every request what became of it: no retries. */
export function startLoad({ url, headers = {}, clients, keepAlive }: LoadOptions): Tally {
  const agent = new Agent({ keepAlive, maxSockets: clients });
  const outcomes: Record<string, number> = {};
  let over = false;
  const ask = () =>
    new Promise<string>((resolve) => {
      const request = get(url, { agent, headers, timeout: 10_000 }, (response) => {
        response.on('error', ({ message }) => resolve(message));
        response.on('end', () => resolve(String(response.statusCode)));
        response.resume();
      });
      request.on('timeout', () => request.destroy(new Error('timed out')));
      request.on('error', ({ message }) => resolve(message));
    });
  async function client(): Promise<void> {
    while (!over) {
      const outcome = await ask();
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    outcomes,
    async stop() {
      over = true;
      await all;
      agent.destroy();
      return outcomes;
    },
  };
}

/** autocannon until it is stopped: it asks as fast as it can, whatever it is told of the connection. */
export function fire(
  url: string,
  headers: Record<string, string> = {},
): { stop(): Promise<autocannon.Result> } {
  let done: ((result: autocannon.Result) => void) | undefined;
  const result = new Promise<autocannon.Result>((resolve) => {
    done = resolve;
  });
  const instance = autocannon({ url, headers, connections: 8, duration: 600 }, (_error, found) =>
    done?.(found),
  );
  return {
    stop() {
      instance.stop();
      return result;
    },
  };
}
