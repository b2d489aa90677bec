import { useEffect, useState } from 'preact/hooks';
import type { Channel, User, Workspace } from './api-types.ts';

/** Who looks at what, kept in the address (`#omar/ops`): a second window can be another user. */
export interface Place {
  me: User;
  channel: Channel;
  /** Channels this user has: all, and the direct message with the bot. */
  channels: Channel[];
}

/** A user who may change things, so that a newcomer's first commands work. */
const firstUser = 'omar';

function readPlace({ users, channels }: Workspace, hash: string): Place {
  const [who, where] = hash.replace(/^#/, '').split('/');
  const find = (name: string | undefined) => users.find((user) => user.name === name);
  const me = find(who) ?? find(firstUser) ?? users[0];
  if (!me) throw new Error('The sandbox has no users.');
  const own = channels.filter((each) => each.kind === 'channel' || each.person === me.id);
  const channel = own.find((each) => nameInAddress(each) === where) ?? own[0];
  if (!channel) throw new Error('The sandbox has no channels.');
  return { me, channel, channels: own };
}

const nameInAddress = (channel: Channel) => (channel.kind === 'im' ? 'dm' : channel.name);

export function useLocation(workspace: Workspace) {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const place = readPlace(workspace, hash);
  const go = (user: User, channel: Channel) => {
    location.hash = `${user.name}/${nameInAddress(channel)}`;
  };
  return {
    ...place,
    toUser: (id: string) => go(workspace.users.find((user) => user.id === id) ?? place.me, place.channel),
    toChannel: (id: string) => go(place.me, place.channels.find((each) => each.id === id) ?? place.channel),
  };
}
