import type { Dispatcher } from '../../core/dispatcher.ts';
import type { ReplyCache } from '../deliver/reply-cache.ts';
import type { RequestVerifier } from '../verify/request-verifier.ts';
import type { Web } from '../web.ts';
import { listenToActions } from './actions.ts';
import { listenToCommands } from './commands.ts';
import { createConnection } from './connection.ts';
import { createConversations } from './conversations.ts';
import { listenToDirectMessages } from './direct-messages.ts';
import { createEventHandler, type Log } from './event-handler.ts';
import type { ListenerContext } from './listener-context.ts';
import { listenToMentions } from './mentions.ts';

export interface SlackOptions {
  tokens: { bot: string; app: string };
  apiUrl: string | undefined;
  /** `/d2` */
  command: string;
  botUser: string;
  zone: string;
  dispatcher: Dispatcher;
  verifier: RequestVerifier;
  replyCache: ReplyCache;
  isFirst: (key: string) => Promise<boolean>;
  web: Web;
  newId: () => string;
  log: Log;
  /** ms before a post whose answer was lost is made again. */
  againMs?: number;
  /** ms after which work under way holds up no other. */
  countsForMs?: number;
}

export interface SlackSurface {
  start(): Promise<void>;
  /** Whether Slack can reach us now. */
  isConnected(): boolean;
  /** Takes no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Listens in Slack: each listener acknowledges first and queues what it heard. */
export function createSlackSurface({ againMs, apiUrl, log, ...options }: SlackOptions): SlackSurface {
  const { app, isConnected } = createConnection({ apiUrl, log, ...options });
  const { handle, settle } = createEventHandler({ log, ...options });
  const context: ListenerContext = {
    ...options,
    app,
    conversations: createConversations({ apiUrl, againMs, log, ...options }),
    handle,
    // One that can't be sent loses nothing: whoever asked is still answered.
    acknowledge: (ack) =>
      ack().catch((error: unknown) => log.warn({ error }, 'an acknowledgement could not be sent')),
  };
  listenToCommands(context);
  listenToActions(context);
  listenToMentions(context);
  listenToDirectMessages(context);
  return {
    isConnected,
    async start() {
      await app.start();
    },
    async stop() {
      await app.stop();
      await settle();
    },
  };
}
