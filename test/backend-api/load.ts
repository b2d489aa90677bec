import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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
  /** Between an answer and the next request of its client. */
  pauseMs: number;
}

/** Clients that ask one after the other, and know of every request what became of it: no retries. */
export function startLoad({ url, headers = {}, clients, keepAlive, pauseMs }: LoadOptions): Tally {
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
      if (pauseMs > 0) await sleep(pauseMs);
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

interface FireOptions {
  headers?: Record<string, string> | undefined;
  overallRate: number | undefined;
}

/** autocannon until it is stopped: it asks as often a second as it is told, whatever it is told of the connection. */
export function fire(
  url: string,
  { headers = {}, overallRate }: FireOptions,
): { stop(): Promise<autocannon.Result> } {
  let done: ((result: autocannon.Result) => void) | undefined;
  const result = new Promise<autocannon.Result>((resolve) => {
    done = resolve;
  });
  const options = { url, headers, connections: 8, duration: 600, ...(overallRate && { overallRate }) };
  const instance = autocannon(options, (_error, found) => done?.(found));
  return {
    stop() {
      instance.stop();
      return result;
    },
  };
}
