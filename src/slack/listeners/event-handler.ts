import type { Caller } from '../../core/access/caller.ts';
import { errorReply } from '../../core/reply/error-reply.ts';
import type { Responder } from '../../core/surface.ts';
import type { Delivery, RequestVerifier } from '../verify/request-verifier.ts';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What one listener heard, acknowledged already. */
export interface SlackEvent {
  /** Tells deliveries apart: Slack sends some twice. One without a key is not Slack's. */
  key: string | undefined;
  delivery: Delivery;
  freshness: 'cached' | 'live';
  /** Where refusals go: they take nobody's card away. */
  aside: Responder;
  serve(caller: Caller, id: string): Promise<void>;
}

interface Options {
  verifier: RequestVerifier;
  isFirst: (key: string) => Promise<boolean>;
  newId: () => string;
  log: Log;
}

/** Drops what isn't ours and what came before; refuses who may not; hands over the rest. */
export function createEventHandler({ verifier, isFirst, newId, log }: Options) {
  const underWay = new Set<Promise<void>>();

  async function serve({ key, delivery, freshness, aside, serve }: SlackEvent): Promise<void> {
    if (key === undefined || !verifier.isOurs(delivery)) {
      log.warn(
        { app: delivery.app, team: delivery.team },
        'a delivery of another app or team, or of nobody, was dropped',
      );
      return;
    }
    if (!(await isFirst(key))) return;
    const id = newId();
    try {
      await serve(await verifier.admit(delivery, freshness), id);
    } catch (error) {
      const { state, reply, bug } = errorReply(error, id);
      if (bug) log.error({ id, error }, 'what was heard could not be served');
      await aside.answer({ id, state, reply });
    }
  }

  return {
    handle(event: SlackEvent): void {
      const work = serve(event).catch((error: unknown) =>
        log.error({ error }, 'an answer could not be given'),
      );
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    /** Resolves when nothing is under way any more. */
    async settle(): Promise<void> {
      await Promise.allSettled(underWay);
    },
  };
}
