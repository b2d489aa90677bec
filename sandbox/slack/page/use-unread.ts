import { useEffect, useState } from 'preact/hooks';
import type { Message } from './api-types.ts';

interface UnreadOptions {
  user: string;
  /** Where the user is: nothing is unread there. */
  channel: string;
  /** What the user sees, of all channels, oldest first. */
  visible: readonly Message[];
  isLoaded: boolean;
}

/** Channels in which something was said since the user, or anybody on this page, last looked. */
export function useUnread({ user, channel, visible, isLoaded }: UnreadOptions): ReadonlySet<string> {
  const [read, setRead] = useState<ReadonlyMap<string, string>>(new Map());
  const [start, setStart] = useState<string>();
  const newest = visible.findLast((message) => message.channel === channel)?.ts ?? '';

  useEffect(() => {
    if (isLoaded) setStart((known) => known ?? visible.at(-1)?.ts ?? '');
  }, [isLoaded, visible]);
  useEffect(() => {
    setRead((all) => new Map(all).set(`${user} ${channel}`, newest));
  }, [user, channel, newest]);

  if (start === undefined) return new Set();
  const isNew = ({ channel: where, ts }: Message) =>
    where !== channel && ts > start && ts > (read.get(`${user} ${where}`) ?? '');
  return new Set(visible.filter(isNew).map((message) => message.channel));
}
