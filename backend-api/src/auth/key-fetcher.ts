import http from 'node:http';
import https from 'node:https';
import { arrayBuffer } from 'node:stream/consumers';
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
      const body = await read(uri);
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

/** A request that took too long says so in its cause. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? (error.cause ?? error) : error;
  return reason instanceof Error ? reason.message : String(reason);
}

/** Node's own `fetch` is a tenth of the service's start, for one request. */
function read(uri: string): Promise<ArrayBuffer> {
  const { get } = uri.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    get(uri, { agent: false, signal: AbortSignal.timeout(fetchMs) }, (response) => {
      if (response.statusCode === 200) arrayBuffer(response).then(resolve, reject);
      else {
        response.resume();
        reject(new Error(`it answered ${response.statusCode}`));
      }
    }).on('error', reject);
  });
}
