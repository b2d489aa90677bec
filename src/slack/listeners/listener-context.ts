import type { App } from '@slack/bolt';
import type { Dispatcher } from '../../core/dispatcher.ts';
import type { ReplyCache } from '../deliver/reply-cache.ts';
import type { Web } from '../web.ts';
import type { Conversations } from './conversations.ts';
import type { EventHandler } from './event-handler.ts';

/** What every listener works with. */
export interface ListenerContext {
  app: App;
  /** `/d2` */
  command: string;
  botUser: string;
  zone: string;
  dispatcher: Dispatcher;
  replyCache: ReplyCache;
  web: Web;
  conversations: Conversations;
  handle: EventHandler['handle'];
  acknowledge(ack: () => Promise<void>): Promise<void>;
}
