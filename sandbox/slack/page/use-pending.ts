import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from './api-types.ts';

/**
 * What was said or pressed and isn't answered yet. The sandbox's own answer comes at the end of everything,
 * minutes later; any message that changes meanwhile shows that the app got it.
 */
export function usePending(messages: ReadonlyMap<string, Message>, onError: (error: unknown) => void) {
  const [up, setUp] = useState<ReadonlySet<string>>(new Set());
  const seen = useRef(messages);

  useEffect(() => {
    if (seen.current !== messages) setUp((all) => (all.size > 0 ? new Set() : all));
    seen.current = messages;
  }, [messages]);

  function land(what: string) {
    setUp((all) => new Set([...all].filter((each) => each !== what)));
  }

  return {
    isUp: (what: string) => up.has(what),
    find: (beginning: string) => [...up].find((what) => what.startsWith(beginning)),
    start(what: string, answer: Promise<unknown>) {
      setUp((all) => new Set(all).add(what));
      answer.catch(onError).finally(() => land(what));
    },
  };
}
