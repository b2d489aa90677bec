import type { Fetcher } from 'aws-jwt-verify/https';
import type { Logger } from 'pino';
import * as z from 'zod';

/** The pool's public keys can't be had now. */
export class KeysUnavailable extends Error {}

// An answer without keys would push the known ones out of the cache.
const someKeys = z.object({ keys: z.array(z.object({ kid: z.string() })).min(1) });

const fetchMs = 3_000;
const pauseMs = 5_000;

/** Fetches the pool's keys from one address, once at a time; after a failure not again for five seconds, however many tokens ask for it. */
export function createKeyFetcher(uri: string, log: Logger): Fetcher {
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<ArrayBuffer> | undefined;

  async function ask(): Promise<ArrayBuffer> {
    try {
      const response = await fetch(uri, { signal: AbortSignal.timeout(fetchMs), redirect: 'error' });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      const body = await response.arrayBuffer();
      someKeys.parse(JSON.parse(new TextDecoder().decode(body)));
      return body;
    } catch (error) {
      failedAt = performance.now();
      log.error({ uri }, `the keys of the user pool are out of reach: ${reasonOf(error)}`);
      throw new KeysUnavailable('the keys are out of reach', { cause: error });
    }
  }

  return {
    async fetch() {
      if (performance.now() - failedAt < pauseMs)
        throw new KeysUnavailable('the keys were out of reach just now');
      fetching ??= ask().finally(() => {
        fetching = undefined;
      });
      return fetching;
    },
  };
}

/** Node's fetch puts what happened into the cause. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error ? cause.message : String(error);
}
