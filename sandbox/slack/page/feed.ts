import type { Message, Resource, View } from './api-types.ts';

/** Everything the sandbox tells the page as it happens. */
export interface Feed {
  /** By ts, oldest first. */
  messages: ReadonlyMap<string, Message>;
  views: readonly View[];
  resources: readonly Resource[];
  /** How far the sandbox's clock is ahead of the browser's, milliseconds. */
  aheadMs: number;
  connected: boolean;
  loaded: boolean;
}

export type FeedEvent =
  | { kind: 'loaded'; messages: readonly Message[]; views: readonly View[] }
  | { kind: 'message'; message: Message }
  | { kind: 'view'; view: View }
  | { kind: 'viewClosed'; id: string }
  | { kind: 'resources'; resources: readonly Resource[] }
  | { kind: 'clock'; now: string }
  | { kind: 'connected'; connected: boolean };

export const emptyFeed: Feed = {
  messages: new Map(),
  views: [],
  resources: [],
  aheadMs: 0,
  connected: true,
  loaded: false,
};

const editsOf = (message: Message | undefined) => message?.edited?.count ?? 0;

/** What was received meanwhile goes first where it is newer than what was loaded. */
function merge(loaded: readonly Message[], received: ReadonlyMap<string, Message>): Map<string, Message> {
  const all = new Map(loaded.map((message) => [message.ts, message]));
  const newest = loaded.at(-1)?.ts ?? '';
  for (const [ts, message] of received) {
    const known = all.get(ts);
    if (known ? message.deleted || editsOf(message) > editsOf(known) : ts > newest) all.set(ts, message);
  }
  return all;
}

export function follow(feed: Feed, event: FeedEvent): Feed {
  switch (event.kind) {
    case 'loaded':
      return { ...feed, messages: merge(event.messages, feed.messages), views: event.views, loaded: true };
    case 'message':
      return { ...feed, messages: new Map(feed.messages).set(event.message.ts, event.message) };
    case 'view':
      return { ...feed, views: [...feed.views.filter(({ id }) => id !== event.view.id), event.view] };
    case 'viewClosed':
      return { ...feed, views: feed.views.filter(({ id }) => id !== event.id) };
    case 'resources':
      return { ...feed, resources: event.resources };
    case 'clock':
      return { ...feed, aheadMs: Date.parse(event.now) - Date.now() };
    case 'connected':
      return { ...feed, connected: event.connected };
  }
}
