import type { RichTextBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { ComponentChildren } from 'preact';
import { emojiFor } from './emoji.ts';
import { Broadcast, ChannelMention, DateSpan, GroupMention, Link, UserMention } from './inline-text.tsx';
import { usePageContext } from './page-context.ts';
import { Unknown } from './unknown-block.tsx';

function Content({ element }: { element: RichTextElement }) {
  const { workspace } = usePageContext();
  switch (element.type) {
    case 'text':
      return <>{element.text}</>;
    case 'link':
      return <Link url={element.url}>{element.text || element.url}</Link>;
    case 'user':
      return <UserMention id={element.user_id} />;
    case 'usergroup':
      return <GroupMention id={element.usergroup_id} />;
    case 'channel':
      return <ChannelMention id={element.channel_id} />;
    case 'broadcast':
      return <Broadcast range={element.range} />;
    case 'team':
      return (
        <span class="mention">
          @{element.team_id === workspace.team.id ? workspace.team.name : element.team_id}
        </span>
      );
    case 'emoji':
      return <span class="emoji">{emojiFor(element.name)}</span>;
    case 'date':
      return <DateSpan {...element} />;
    case 'color':
      return <code>{element.value}</code>;
    default:
      return <Unknown what="rich text element" type={typeOf(element)} />;
  }
}

/** TypeScript takes the rest for impossible; what arrives may differ. */
const typeOf = (rest: never): string => String((rest as { type?: unknown }).type);

function Styled({ element }: { element: RichTextElement }) {
  const { style = {} } = element;
  let shown: ComponentChildren = <Content element={element} />;
  if (style.code) shown = <code>{shown}</code>;
  if (style.strike) shown = <s>{shown}</s>;
  if (style.italic) shown = <em>{shown}</em>;
  if (style.bold) shown = <strong>{shown}</strong>;
  return <>{shown}</>;
}

const Row = ({ elements }: { elements: readonly RichTextElement[] }) => (
  <>
    {elements.map((element, index) => (
      <Styled key={index} element={element} />
    ))}
  </>
);

function Part({ element }: { element: RichTextBlockElement }) {
  switch (element.type) {
    case 'rich_text_section':
      return (
        <div class="rich-section">
          <Row elements={element.elements} />
        </div>
      );
    case 'rich_text_preformatted':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard
        <pre tabIndex={0}>
          <Row elements={element.elements} />
        </pre>
      );
    case 'rich_text_quote':
      return (
        <blockquote class="rich-section">
          <Row elements={element.elements} />
        </blockquote>
      );
    case 'rich_text_list': {
      const items = element.elements.map((item, index) => (
        <li key={index}>
          <Row elements={item.elements} />
        </li>
      ));
      const indent = `indent-${element.indent ?? 0}`;
      return element.style === 'ordered' ? <ol class={indent}>{items}</ol> : <ul class={indent}>{items}</ul>;
    }
    default:
      return <Unknown what="rich text part" type={typeOf(element)} />;
  }
}

export const RichText = ({ block }: { block: RichTextBlock }) => (
  <>
    {block.elements.map((element, index) => (
      <Part key={index} element={element} />
    ))}
  </>
);
