import type { Responder } from '../../core/surface.ts';
import { createFileSender } from '../deliver/files.ts';
import { type MessageTransport, openTransport, privateTransport } from '../deliver/message-transport.ts';
import type { ReplyCache } from '../deliver/reply-cache.ts';
import { createResponder } from '../deliver/responder.ts';
import { createResponseUrl, type ResponseUrl } from '../deliver/response-url.ts';
import type { Web } from '../web.ts';
import type { Log } from './event-handler.ts';

/** Where something was asked, and by whom. */
export interface Place {
  channel: string;
  user: string;
  thread?: string | undefined;
}

interface Private {
  response?: ResponseUrl | undefined;
  /** The message whose button was pressed gives way to the answer. */
  replacing?: boolean;
}

interface Showing {
  /** Whether there is somebody to share an answer with; by default everywhere but in direct messages. */
  sharing?: boolean;
  /** With what stands behind Details. */
  full?: boolean;
  remark?: string;
}

/** The ways back to who asked. */
export interface Conversations {
  responseUrl(url: string): ResponseUrl;
  /** Only who asked sees it. */
  privately(place: Place, how?: Private): MessageTransport;
  /** Everybody there sees it; what Slack refuses to have there goes `otherwise`. */
  openly(place: Place, otherwise?: MessageTransport): MessageTransport;
  respond(place: Place, transport: MessageTransport, how?: Showing): Responder;
}

interface Options {
  web: Web;
  replyCache: ReplyCache;
  zone: string;
  log: Log;
  /** Slack's API, where it isn't Slack's own. */
  apiUrl: string | undefined;
  /** ms before a post whose answer was lost is made again. */
  againMs: number | undefined;
}

export function createConversations({ web, replyCache, zone, log, apiUrl, againMs }: Options): Conversations {
  const origins = ['https://hooks.slack.com', ...(apiUrl === undefined ? [] : [new URL(apiUrl).origin])];
  const files = createFileSender({ web, log, againMs });
  return {
    responseUrl: (url) => createResponseUrl({ url, origins }),
    privately: (place, { response, replacing = false } = {}) =>
      privateTransport({ web, againMs, ...place }, response, { replacing }),
    openly: (place, otherwise) => openTransport({ web, againMs, ...place }, otherwise),
    respond: ({ channel, user }, transport, { sharing = !isDirect(channel), ...how } = {}) =>
      createResponder({ place: channel, owner: user, transport, files, replyCache, zone, sharing, ...how }),
  };
}

export const isDirect = (channel: string): boolean => channel.startsWith('D');
