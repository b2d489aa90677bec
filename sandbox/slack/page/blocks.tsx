import type { AnyBlock, ContainerBlock, KnownBlock, SectionBlock } from '@slack/types';
import { ElementView } from './elements.tsx';
import { withEmoji } from './emoji.ts';
import { Picture } from './image.tsx';
import { Text } from './inline-text.tsx';
import { Input } from './inputs.tsx';
import { Markdown } from './markdown.tsx';
import { RichText } from './rich-text.tsx';
import { Table } from './table.tsx';
import { ErrorBoundary, Unknown } from './unknown-block.tsx';

const Section = ({ block }: { block: SectionBlock }) => (
  <div class="section">
    <div class="section-text">
      {block.text ? <Text value={block.text} /> : null}
      {block.fields ? (
        <div class="fields">
          {block.fields.map((field, index) => (
            <div key={index}>
              <Text value={field} />
            </div>
          ))}
        </div>
      ) : null}
    </div>
    {block.accessory ? (
      <div class="accessory">
        <ElementView element={block.accessory} />
      </div>
    ) : null}
  </div>
);

function Container({ block }: { block: ContainerBlock }) {
  const title = block.title ? (
    <Text value={block.title} />
  ) : block.rich_text_title ? (
    <RichText block={block.rich_text_title} />
  ) : null;
  const inside = <Blocks blocks={block.child_blocks} />;
  if (!block.is_collapsible)
    return (
      <div class="container">
        <strong>{title}</strong>
        {inside}
      </div>
    );
  return (
    <details class="container" open={!block.default_collapsed}>
      <summary>{title}</summary>
      {inside}
    </details>
  );
}

/** Every type is named: those that the bot does not send are shown as unknown, and a new one doesn't compile. */
function BlockView({ block, error }: { block: KnownBlock; error?: string | undefined }) {
  switch (block.type) {
    case 'rich_text':
      return <RichText block={block} />;
    case 'section':
      return <Section block={block} />;
    case 'header':
      return <h3 class="header-block">{withEmoji(block.text.text)}</h3>;
    case 'context':
      return (
        <div class="context">
          {block.elements.map((element, index) => (
            <div key={index}>
              <ElementView element={element} />
            </div>
          ))}
        </div>
      );
    case 'divider':
      return <hr />;
    case 'actions':
      return (
        <div class="actions">
          {block.elements.map((element, index) => (
            <ElementView key={element.action_id ?? index} element={element} />
          ))}
        </div>
      );
    case 'image':
      return (
        <figure>
          {block.title ? <figcaption>{block.title.text}</figcaption> : null}
          <Picture image={block} />
        </figure>
      );
    case 'markdown':
      return <Markdown text={block.text} />;
    case 'table':
    case 'data_table':
      return <Table block={block} />;
    case 'input':
      return <Input block={block} error={error} />;
    case 'alert':
      return (
        <div class={`alert alert-${block.level ?? 'default'}`}>
          <Text value={block.text} />
        </div>
      );
    case 'container':
      return <Container block={block} />;
    case 'card':
    case 'carousel':
    case 'context_actions':
    case 'file':
    case 'plan':
    case 'task_card':
    case 'video':
      return <Unknown what="block" type={block.type} />;
    default:
      return <Unknown what="block" type={String((block satisfies never as { type?: unknown }).type)} />;
  }
}

interface Props {
  blocks: readonly AnyBlock[];
  /** A modal's, by block_id. */
  errors?: Readonly<Record<string, string>>;
}

export const Blocks = ({ blocks, errors = {} }: Props) => (
  <>
    {blocks.map((block, index) => (
      <div key={block.block_id ?? index} class={`block block-${block.type}`} data-block-id={block.block_id}>
        <ErrorBoundary block={block}>
          <BlockView block={block as KnownBlock} error={errors[block.block_id ?? '']} />
        </ErrorBoundary>
      </div>
    ))}
  </>
);
