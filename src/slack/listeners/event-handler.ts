import type { Caller } from '../../core/access/caller.ts';
import { errorReply } from '../../core/reply/error-reply.ts';
import type { Responder } from '../../core/surface.ts';
import type { Delivery, RequestVerifier } from '../verify/request-verifier.ts';
import { createWorkQueue } from './work-queue.ts';

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
  /** A click never waits behind typed lines: it may be the cancel. */
  kind: 'line' | 'click';
  /** Where refusals go: they take nobody's card away. */
  aside: Responder;
  serve(caller: Caller, id: string): Promise<void>;
}

export interface EventHandlerOptions {
  verifier: RequestVerifier;
  isFirst: (key: string) => Promise<boolean>;
  newId: () => string;
  log: Log;
  /** ms after which one that is worked on holds up no other. */
  countsForMs?: number;
}

// How many lines, and how many clicks, are worked on at once; most of their time they wait for AWS.
const atOnce = 32;

export interface EventHandler {
  handle(event: SlackEvent): void;
  /** Resolves when nothing is under way any more. */
  settle(): Promise<void>;
}

/** Queues what listeners heard; drops what isn't ours and what came before; refuses who may not; hands over the rest. */
export function createEventHandler(options: EventHandlerOptions): EventHandler {
  const { verifier, isFirst, newId, log, countsForMs = 2_000 } = options;
  const queues = {
    line: createWorkQueue({ atOnce, countsForMs }),
    click: createWorkQueue({ atOnce, countsForMs }),
  };
  const underWay = new Set<Promise<void>>();

  async function serve({ key, delivery, kind, aside, serve }: SlackEvent): Promise<void> {
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
      await serve(await verifier.admit(delivery, kind === 'click' ? 'live' : 'cached'), id);
    } catch (error) {
      const { state, reply, bug } = errorReply(error, id);
      if (bug) log.error({ id, error }, 'what was heard could not be served');
      await aside.answer({ id, state, reply });
    }
  }

  return {
    handle(event) {
      const work = queues[event.kind]
        .add(String(event.delivery.user), () => serve(event))
        .catch((error: unknown) => log.error({ error }, 'an answer could not be given'));
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    async settle() {
      await Promise.allSettled(underWay);
    },
  };
}

/** What tells a delivery from its repetition; without Slack's own id there is none. */
export const deliveryKey = (kind: string, ...ids: (string | undefined)[]): string | undefined =>
  ids.every((id) => typeof id === 'string' && id !== '') ? [kind, ...ids].join(':') : undefined;
