import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from './reply/errors.ts';

/** Asks for something that a person waits for, and does not wait long. */
export type Soon = <T>(ask: () => Promise<T>) => Promise<T>;

interface Patience {
  /** ms until it has answered once: connections and credentials are made first. */
  coldMs?: number;
  /** ms afterwards. */
  warmMs?: number;
}

/**
 * A circuit breaker over one source. Once it was silent for longer than our patience, everybody is refused at once
 * with a `UserError` timeout, and one call at a time is made to hear when it answers again. So what is asked through
 * it must do no harm when it is carried out although its caller was refused. Real time: a person waits.
 */
export function createCircuitBreaker(source: string, { coldMs = 2_000, warmMs = 500 }: Patience = {}): Soon {
  let patience = coldMs;
  let isSilent = false;
  let isProbing = false;

  async function heard<T>(ask: () => Promise<T>): Promise<T> {
    isProbing = true;
    try {
      return await ask();
    } finally {
      // A fault that it names is an answer too.
      isSilent = false;
      isProbing = false;
      patience = warmMs;
    }
  }

  return async (ask) => {
    const silence = new UserError('timeout', `${source} does not answer.`, {
      hint: 'Try again in a minute.',
    });
    if (isSilent && isProbing) throw silence;
    const answer = heard(ask);
    if (isSilent) {
      answer.catch(() => undefined);
      throw silence;
    }
    const over = new AbortController();
    try {
      return await Promise.race([
        answer,
        delay(patience, undefined, { signal: over.signal, ref: false }).then(() => {
          isSilent = true;
          answer.catch(() => undefined);
          throw silence;
        }),
      ]);
    } finally {
      over.abort();
    }
  };
}
