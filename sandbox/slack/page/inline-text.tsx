import type { TextObject } from '@slack/types';
import type { ComponentChildren } from 'preact';
import { showSlackDate } from './dates.ts';
import { emojiFor, withEmoji } from './emoji.ts';
import { type Inline, type Passage, readMrkdwn } from './mrkdwn.ts';
import { nameOf, usePageContext } from './page-context.ts';

/** Anything but a web or mail address is shown and can't be followed. */
export function Link({ url, children }: { url: string; children: ComponentChildren }) {
  if (!/^(?:https?:\/\/|mailto:)/i.test(url)) return <>{children}</>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

export function UserMention({ id }: { id: string }) {
  const { workspace, me } = usePageContext();
  return <span class={id === me ? 'mention mention-me' : 'mention'}>@{nameOf(workspace, id)}</span>;
}

export function ChannelMention({ id, label = '' }: { id: string; label?: string }) {
  const { workspace } = usePageContext();
  const name = workspace.channels.find((channel) => channel.id === id)?.name ?? (label || id);
  return <span class="mention">#{name}</span>;
}

export function GroupMention({ id, label = '' }: { id: string; label?: string }) {
  const { workspace } = usePageContext();
  const handle = workspace.usergroups?.find((group) => group.id === id)?.handle;
  return <span class="mention">@{handle ?? (label.replace(/^@/, '') || id)}</span>;
}

export const Broadcast = ({ range }: { range: string }) => <span class="mention mention-me">@{range}</span>;

interface SlackDate {
  timestamp: number;
  format: string;
  url?: string | undefined;
  fallback?: string | undefined;
}

export function DateSpan({ timestamp, format, url = '', fallback = '' }: SlackDate) {
  const { now } = usePageContext();
  const shown = showSlackDate(timestamp, format, fallback, now());
  const at = new Date(timestamp * 1000);
  const time = Number.isNaN(at.getTime()) ? (
    <span>{shown}</span>
  ) : (
    <time dateTime={at.toISOString()} title={fallback || at.toString()}>
      {shown}
    </time>
  );
  return url ? <Link url={url}>{time}</Link> : time;
}

function Span({ node }: { node: Inline }) {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>;
    case 'bold':
      return (
        <strong>
          <Spans nodes={node.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Spans nodes={node.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Spans nodes={node.children} />
        </s>
      );
    case 'code':
      return <code>{node.text}</code>;
    case 'link':
      return <Link url={node.url}>{node.label}</Link>;
    case 'user':
      return <UserMention id={node.id} />;
    case 'channel':
      return <ChannelMention id={node.id} label={node.label} />;
    case 'usergroup':
      return <GroupMention id={node.id} label={node.label} />;
    case 'broadcast':
      return <Broadcast range={node.range} />;
    case 'date':
      return <DateSpan {...node} />;
    case 'emoji':
      return <span class="emoji">{emojiFor(node.name)}</span>;
  }
}

export const Spans = ({ nodes }: { nodes: readonly Inline[] }) => (
  <>
    {nodes.map((node, index) => (
      <Span key={index} node={node} />
    ))}
  </>
);

export function Passages({ passages }: { passages: readonly Passage[] }) {
  return (
    <>
      {passages.map((passage, index) => {
        if (passage.kind === 'pre') return <pre key={index}>{passage.text}</pre>;
        if (passage.kind === 'line')
          return (
            <div key={index} class="line">
              <Spans nodes={passage.children} />
            </div>
          );
        return (
          <blockquote key={index}>
            {passage.lines.map((line, row) => (
              <div key={row} class="line">
                <Spans nodes={line} />
              </div>
            ))}
          </blockquote>
        );
      })}
    </>
  );
}

export const Mrkdwn = ({ text }: { text: string }) => <Passages passages={readMrkdwn(text)} />;

/** A text object; of plain text only emoji are read. */
export const Text = ({ value }: { value: TextObject }) =>
  value.type === 'mrkdwn' ? <Mrkdwn text={value.text} /> : <span class="plain">{withEmoji(value.text)}</span>;
