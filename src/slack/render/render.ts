import type { KnownBlock } from '@slack/types';
import type { Answer } from '../../core/reply/answer.ts';
import type { Part, Tone } from '../../core/reply/parts.ts';
import type { Span } from '../../core/reply/text.ts';
import { elementsOf } from './elements.ts';
import { limits } from './limits.ts';
import { aside, blockOf } from './parts.ts';
import { flat, richText } from './rich-text.ts';
import { textLength } from './text-length.ts';
import { cut, escaped, visible, visibleLine } from './visible.ts';

export interface Rendered {
  text: string;
  blocks: KnownBlock[];
}

export interface RenderOptions {
  /** The team's zone, for text that can't hold Slack's dates. */
  zone: string;
  /** Whether what stands behind Details is shown. */
  full?: boolean | undefined;
  /** The reply is kept: Details and Share will find it. */
  kept?: boolean;
  /** Whether there is somebody to share it with. */
  sharing?: boolean;
  /** Who showed it to the channel. */
  sharedBy?: string;
  /** Who is told. */
  mentions?: readonly Span[];
}

const marks: Record<Tone, string> = { good: '●', warn: '⚠', bad: '✗', info: '○' };

/** An answer as Slack's blocks: pure, total, and within Slack's limits whatever the reply holds. */
export function render(
  answer: Answer,
  { zone, full = false, kept = false, sharing = false, sharedBy, mentions = [] }: RenderOptions,
): Rendered {
  const { reply } = answer;
  const elements = elementsOf(answer, {
    details: kept && reply.details !== undefined,
    full,
    share: kept && sharing && answer.shareable === true,
  });
  const below: KnownBlock[] = [];
  if (mentions.length > 0) {
    const elements = richText(
      mentions.flatMap((mention, index) => [index > 0 ? ' ' : '', mention]),
      limits.title,
      zone,
    );
    below.push({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] });
  }
  if (sharedBy !== undefined) below.push(aside(cut(`Shared by ${visibleLine(sharedBy)}`, 200)));
  else {
    // What a caller may press isn't for the channel.
    if (elements.shown.length > 0) below.push({ type: 'actions', elements: elements.shown });
    if (elements.left > 0)
      below.push(
        aside(`… ${elements.left} more ${elements.left === 1 ? 'button' : 'buttons'}, cut to fit Slack`),
      );
  }
  const title = titleOf(answer, zone);
  const parts = [...reply.parts, ...(full ? (reply.details ?? []) : [])];
  const above = fitting(parts, zone, {
    blocks: limits.blocks - 1 - below.length,
    characters: limits.message - textLength(title) - textLength(below),
  });
  return { text: summaryOf(answer, zone), blocks: [title, ...above, ...below] };
}

/** The notification, and what a screen reader reads. Slack takes it for mrkdwn, so it is escaped; cut before that. */
const summaryOf = ({ state, reply }: Answer, zone: string): string =>
  escaped(cut(visible(reply.summary).trim() || flat(reply.title, zone).trim() || state, limits.summary));

function titleOf({ id, state, reply }: Answer, zone: string): KnownBlock {
  const words = richText(reply.title, limits.title, zone).map((element) =>
    element.type === 'text' ? { ...element, style: { ...element.style, bold: true } } : element,
  );
  const mark = { type: 'text', text: `${marks[reply.tone]} ` } as const;
  return {
    type: 'rich_text',
    block_id: `d2:${id}:${state}`,
    elements: [{ type: 'rich_text_section', elements: [mark, ...words] }],
  };
}

/** Parts in order, until blocks or characters run out; then says so. */
function fitting(
  parts: readonly Part[],
  zone: string,
  room: { blocks: number; characters: number },
): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let left = room.characters - 60;
  for (const [index, part] of parts.entries()) {
    if (blocks.length >= room.blocks - 1 || left < 120) {
      const rest = parts.length - index;
      blocks.push(aside(`… ${rest} more ${rest === 1 ? 'part' : 'parts'}, cut to fit Slack`));
      break;
    }
    const block = blockOf(part, Math.min(left, limits.richText), zone);
    if (!block) continue;
    blocks.push(block);
    left -= textLength(block);
  }
  return blocks;
}
