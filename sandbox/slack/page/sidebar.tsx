import type { ComponentChildren } from 'preact';
import type { Channel, User, Workspace } from './api-types.ts';
import { Avatar, badgeOf } from './avatar.tsx';
import { CloseIcon, HashIcon, SharedIcon } from './icons.tsx';

interface Props {
  workspace: Workspace;
  me: User;
  channel: Channel;
  channels: readonly Channel[];
  unread: ReadonlySet<string>;
  onChannel(id: string): void;
  onUser(id: string): void;
  onClose(): void;
}

export function Sidebar({ workspace, me, channel, channels, unread, onChannel, onUser, onClose }: Props) {
  return (
    <nav class="sidebar" aria-label="Workspace">
      <div class="sidebar-head">
        <h1>{workspace.team.name}</h1>
        <span class="sandbox-badge">sandbox</span>
        <button type="button" class="icon-button only-narrow" aria-label="Close menu" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>

      <h2 id="channels">Channels</h2>
      <ul class="channels" aria-labelledby="channels">
        {channels
          .filter((each) => each.kind === 'channel')
          .map((each) => (
            <li key={each.id}>
              <ChannelButton
                each={each}
                isHere={each.id === channel.id}
                isUnread={unread.has(each.id)}
                onChannel={onChannel}
              >
                {each.is_ext_shared ? <SharedIcon /> : <HashIcon />}
                <span>{each.name}</span>
                {each.is_ext_shared ? <small>external</small> : null}
                {each.bot_is_member ? null : <small>no bot</small>}
              </ChannelButton>
            </li>
          ))}
      </ul>

      <h2 id="direct">Direct messages</h2>
      <ul class="channels" aria-labelledby="direct">
        {channels
          .filter((each) => each.kind === 'im')
          .map((each) => (
            <li key={each.id}>
              <ChannelButton
                each={each}
                isHere={each.id === channel.id}
                isUnread={unread.has(each.id)}
                onChannel={onChannel}
              >
                <Avatar id={workspace.app.bot.user} workspace={workspace} small />
                <span>{workspace.app.bot.name}</span>
              </ChannelButton>
            </li>
          ))}
      </ul>

      <fieldset class="people">
        <legend>You are</legend>
        {workspace.users.map((user) => {
          const badge = badgeOf(user);
          return (
            <label key={user.id} class="person">
              <input
                type="radio"
                name="user"
                value={user.id}
                checked={user.id === me.id}
                onChange={() => onUser(user.id)}
              />
              <Avatar id={user.id} workspace={workspace} small />
              <span class="person-name">{user.real_name}</span>
              {badge ? <small class={`role role-${badge}`}>{badge}</small> : null}
            </label>
          );
        })}
      </fieldset>
    </nav>
  );
}

interface ChannelProps {
  each: Channel;
  isHere: boolean;
  isUnread: boolean;
  onChannel(id: string): void;
  children: ComponentChildren;
}

const ChannelButton = ({ each, isHere, isUnread, onChannel, children }: ChannelProps) => (
  <button
    type="button"
    class={isUnread ? 'channel is-unread' : 'channel'}
    aria-current={isHere ? 'page' : undefined}
    onClick={() => onChannel(each.id)}
  >
    {children}
    {isUnread ? <span class="unread-dot">new</span> : null}
  </button>
);
