import { useState } from 'preact/hooks';
import type { Message } from './api-types.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './blocks.tsx';
import { Composer } from './composer.tsx';
import { showMoment, showTime } from './dates.ts';
import { EyeIcon, ReplyIcon } from './icons.tsx';
import { Mrkdwn } from './inline-text.tsx';
import { MessageActionsContext, nameOf, usePageContext } from './page-context.ts';

export const timeOf = (ts: string) => new Date(Number(ts) * 1000);

export interface MessageActs {
  click(ts: string, action: string): void;
  isBusy(ts: string, action: string): boolean;
  reply(ts: string, text: string): void;
}

/** A file of a message: a picture as it is, another by its name. */
function FileView({ file }: { file: NonNullable<Message['files']>[number] }) {
  const url = `/slack/upload/${file.id}`;
  return (
    <figure class="file">
      {file.name.endsWith('.png') ? <img src={url} alt={file.title} /> : null}
      <figcaption>
        <a href={url} download={file.name}>
          {file.name}
        </a>{' '}
        <span class="quiet">{`${file.size.toLocaleString('en')} bytes`}</span>
      </figcaption>
    </figure>
  );
}

interface Props {
  message: Message;
  replies: readonly Message[];
  acts: MessageActs;
}

export function MessageView({ message, replies, acts }: Props) {
  const { workspace } = usePageContext();
  const [isOpen, open] = useState(false);
  const { ts, user, ephemeral, edited, blocks } = message;
  const name = nameOf(workspace, user);
  const isApp = user === workspace.app.bot.user;
  const at = timeOf(ts);
  const acting = {
    act: (action: string) => acts.click(ts, action),
    isBusy: (action: string) => acts.isBusy(ts, action),
  };
  const label = `${name}, ${showTime(at)}${ephemeral ? ', only visible to you' : ''}`;
  const canReply = !ephemeral && message.thread === undefined;

  return (
    <article class={ephemeral ? 'message is-ephemeral' : 'message'} aria-label={label} data-ts={ts}>
      <Avatar id={user} workspace={workspace} />
      <div class="message-main">
        {ephemeral ? (
          <p class="ephemeral-mark">
            <EyeIcon /> Only visible to you
          </p>
        ) : null}
        <header class="message-head">
          <b>{name}</b>
          {isApp ? <span class="app-badge">BOT</span> : null}
          <time dateTime={at.toISOString()} title={showMoment(at)}>
            {showTime(at)}
          </time>
        </header>
        <div class="message-body">
          <MessageActionsContext.Provider value={acting}>
            {blocks.length > 0 ? <Blocks blocks={blocks} /> : <Mrkdwn text={message.text} />}
          </MessageActionsContext.Provider>
          {(message.files ?? []).map((file) => (
            <FileView key={file.id} file={file} />
          ))}
          {edited ? <span class="edited">(edited)</span> : null}
        </div>
        {replies.length > 0 || isOpen ? (
          <button type="button" class="thread-toggle" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
            <span class="thread-faces">
              {[...new Set(replies.map((reply) => reply.user))].map((id) => (
                <Avatar key={id} id={id} workspace={workspace} small />
              ))}
            </span>
            {replies.length === 1 ? '1 reply' : `${replies.length} replies`}
            <span class="quiet">{isOpen ? 'Hide thread' : 'View thread'}</span>
          </button>
        ) : null}
        {isOpen ? (
          <section class="thread" aria-label={`Thread of ${label}`}>
            {replies.map((reply) => (
              <MessageView key={reply.ts} message={reply} replies={[]} acts={acts} />
            ))}
            <Composer
              label="Reply in thread"
              placeholder="Reply…"
              onSend={(text) => acts.reply(ts, text)}
              autoFocus
            />
          </section>
        ) : null}
      </div>
      {canReply && !isOpen ? (
        <div class="message-tools">
          <button
            type="button"
            class="icon-button"
            title="Reply in thread"
            aria-label={`Reply in thread to ${label}`}
            onClick={() => open(true)}
          >
            <ReplyIcon />
          </button>
        </div>
      ) : null}
    </article>
  );
}
