import { useEffect, useReducer } from 'preact/hooks';
import { api } from './api.ts';
import type { Message, Resource, View } from './api-types.ts';
import { emptyFeed, type Feed, type FeedEvent, follow } from './feed.ts';

type Step = FeedEvent | 'emptied';

const step = (feed: Feed, event: Step): Feed =>
  event === 'emptied' ? { ...feed, messages: new Map(), views: [] } : follow(feed, event);

/** Follows the sandbox live; loads again whenever the connection was lost or the sandbox was reset. */
export function useFeed(onError: (error: unknown) => void): [Feed, (event: FeedEvent) => void] {
  const [feed, tell] = useReducer(step, emptyFeed);

  useEffect(() => {
    const source = new EventSource('/sandbox/events');
    const load = () =>
      Promise.all([api.messages(), api.views()])
        .then(([messages, views]) => tell({ kind: 'loaded', messages, views }))
        .catch(onError);
    const on = <T>(name: string, act: (data: T) => void) =>
      source.addEventListener(name, (event) => act(JSON.parse(event.data) as T));

    source.onopen = () => {
      tell({ kind: 'connected', connected: true });
      void load();
    };
    source.onerror = () => tell({ kind: 'connected', connected: false });
    on<Message>('message', (message) => tell({ kind: 'message', message }));
    on<View>('view', (view) => tell({ kind: 'view', view }));
    on<Resource[]>('resources', (resources) => tell({ kind: 'resources', resources }));
    on<{ now: string }>('clock', ({ now }) => tell({ kind: 'clock', now }));
    on('reset', () => {
      tell('emptied');
      void load();
    });
    return () => source.close();
  }, []);

  return [feed, tell];
}
