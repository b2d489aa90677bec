import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Account } from './account.tsx';
import { Announcer } from './announcer.tsx';
import { api } from './api.ts';
import type { Workspace } from './api-types.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { Conversation } from './conversation.tsx';
import { CloudIcon, HashIcon, MenuIcon } from './icons.tsx';
import { useLocation } from './location.ts';
import { Modal } from './modal.tsx';
import { PageContextValue } from './page-context.ts';
import { Sidebar } from './sidebar.tsx';
import { Toasts, useToasts } from './toasts.tsx';
import { useFeed } from './use-feed.ts';
import { usePending } from './use-pending.ts';
import { useUnread } from './use-unread.ts';

/** Below this width the sides are drawers; styles/narrow.css has the same figure. */
const narrow = '(max-width: 1000px)';

export function App({ workspace }: { workspace: Workspace }) {
  const { toasts, tell, close } = useToasts();
  const [feed, hear] = useFeed(tell);
  const { me, channel, channels, toUser, toChannel } = useLocation(workspace);
  const [isMenuOpen, openMenu] = useState(false);
  const [isAccountOpen, openAccount] = useState(() => !matchMedia(narrow).matches);
  const [history, remember] = useState<readonly string[]>([]);
  const pending = usePending(feed.messages, tell);

  const visible = useMemo(
    () =>
      [...feed.messages.values()]
        .filter((message) => !message.deleted && (!message.ephemeral || message.ephemeral === me.id))
        .sort((a, b) => (a.ts < b.ts ? -1 : 1)),
    [feed.messages, me.id],
  );
  const messages = useMemo(
    () => visible.filter((message) => message.channel === channel.id),
    [visible, channel.id],
  );
  const unread = useUnread({ user: me.id, channel: channel.id, visible, isLoaded: feed.loaded });

  const ahead = useRef(feed.aheadMs);
  ahead.current = feed.aheadMs;
  const now = useRef(() => new Date(Date.now() + ahead.current)).current;
  const pageContext = useMemo(() => ({ workspace, me: me.id, now }), [workspace, me.id, now]);

  const where = channel.kind === 'im' ? workspace.app.bot.name : `#${channel.name}`;
  useEffect(() => {
    document.title = `${where} · ${workspace.team.name} sandbox`;
  }, [where, workspace.team.name]);

  function say(text: string, thread?: string) {
    remember((said) => [...said.filter((each) => each !== text), text]);
    const what = `${me.id} ${channel.id} ${text}`;
    pending.start(what, api.say({ user: me.id, channel: channel.id, text, ...(thread ? { thread } : {}) }));
  }

  const acts = {
    click(ts: string, action: string) {
      pending.start(`${ts} ${action}`, api.click({ user: me.id, message: ts, action }));
    },
    isBusy: (ts: string, action: string) => pending.isUp(`${ts} ${action}`),
    reply: (ts: string, text: string) => say(text, ts),
  };

  const modal = feed.views.find((view) => view.type === 'modal' && view.user === me.id);
  const asked = pending.find(`${me.id} ${channel.id} /`);

  return (
    <PageContextValue.Provider value={pageContext}>
      <div class={`page ${isMenuOpen ? 'menu-open' : ''} ${isAccountOpen ? 'account-open' : ''}`}>
        <Sidebar
          workspace={workspace}
          me={me}
          channel={channel}
          channels={channels}
          unread={unread}
          onChannel={(id) => {
            toChannel(id);
            openMenu(false);
          }}
          onUser={toUser}
          onClose={() => openMenu(false)}
        />
        <main>
          <header class="channel-head">
            <button
              type="button"
              class="icon-button only-narrow"
              aria-label="Open menu"
              aria-expanded={isMenuOpen}
              onClick={() => openMenu(true)}
            >
              <MenuIcon />
            </button>
            <h2>
              {channel.kind === 'channel' ? (
                <HashIcon />
              ) : (
                <Avatar id={workspace.app.bot.user} workspace={workspace} small />
              )}
              {channel.kind === 'im' ? workspace.app.bot.name : channel.name}
            </h2>
            <span class="topic quiet">{channel.topic}</span>
            <span class="signed-in">
              <Avatar id={me.id} workspace={workspace} small />
              <span>{me.name}</span>
            </span>
            <button
              type="button"
              class="button account-toggle"
              aria-label="Account"
              aria-expanded={isAccountOpen}
              aria-controls="account"
              onClick={() => openAccount(!isAccountOpen)}
            >
              <CloudIcon /> <span>Account</span>
            </button>
          </header>
          {feed.connected ? null : (
            <p class="banner" role="status">
              The line to the sandbox is lost. Trying again… Is `npm run demo` still running?
            </p>
          )}
          <Conversation
            key={me.id}
            channel={channel}
            messages={messages}
            acts={acts}
            isLoaded={feed.loaded}
            onSend={(text) => say(text)}
          />
          <div class="foot">
            <p class="asking" role="status">
              {asked ? (
                <>
                  <span class="dots" aria-hidden="true">
                    <i />
                    <i />
                    <i />
                  </span>
                  {workspace.app.bot.name} is on <code>{asked.slice(asked.indexOf('/'))}</code>
                </>
              ) : null}
            </p>
            <Composer
              key={channel.id}
              label={`Message ${where}`}
              placeholder={`Message ${where}, try ${workspace.app.command} status`}
              command={workspace.app.command}
              history={history}
              onSend={(text) => say(text)}
              autoFocus={!matchMedia(narrow).matches}
            />
          </div>
        </main>
        {isAccountOpen ? (
          <Account
            resources={feed.resources}
            now={now}
            onAdvance={(by) => void api.advance(by).catch(tell)}
            onReset={() => void api.reset().catch(tell)}
            onClose={() => openAccount(false)}
          />
        ) : null}
        <button
          type="button"
          class="shade"
          aria-label="Close menu"
          tabIndex={-1}
          onClick={() => openMenu(false)}
        />
      </div>
      {modal ? (
        <Modal
          key={modal.id}
          view={modal}
          onClose={() => hear({ kind: 'viewClosed', id: modal.id })}
          onSubmit={async (values) => {
            try {
              const { errors } = await api.submit({ user: me.id, view: modal.id, values });
              if (Object.keys(errors).length > 0) return errors;
              const open = await api.views();
              if (!open.some((view) => view.id === modal.id)) hear({ kind: 'viewClosed', id: modal.id });
            } catch (error) {
              tell(error);
            }
            return {};
          }}
        />
      ) : null}
      <Announcer messages={messages} place={`${me.id} ${channel.id}`} isLoaded={feed.loaded} />
      <Toasts toasts={toasts} onClose={close} />
    </PageContextValue.Provider>
  );
}
