import type { Button, KnownBlock } from '@slack/types';
import type { Action, Answer, Part, Tone } from '../bot/reply.ts';
import { limits } from './limits.ts';
import { blockOf } from './parts.ts';
import { flat, richText } from './spans.ts';
import { cut, visible } from './visible.ts';

export interface Rendered {
  text: string;
  blocks: KnownBlock[];
}

export interface RenderOptions {
  /** The team's zone, for text that can't hold Slack's dates. */
  zone: string;
  /** Whether what stands behind Details is shown. */
  full?: boolean;
  /** Adds Share and Details, for a reply that is kept. */
  kept?: boolean;
  /** Who showed it to the channel. */
  sharedBy?: string;
}

const marks: Record<Tone, string> = { good: '●', warn: '⚠', bad: '✗', info: '○' };

/** An answer as Slack's blocks: pure, total, and within Slack's limits whatever the reply holds. */
export function render(
  answer: Answer,
  { zone, full = false, kept = false, sharedBy }: RenderOptions,
): Rendered {
  const { id, state, reply } = answer;
  const parts: Part[] = [...reply.parts, ...(full ? (reply.details ?? []) : [])];
  const text = cut(visible(reply.summary) || flat(reply.title, zone) || state, limits.summary);
  const title: KnownBlock = {
    type: 'rich_text',
    block_id: `d2:${id}:${state}`,
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: `${marks[reply.tone]} ` },
          ...bold(richText(reply.title, 600, zone)),
        ],
      },
    ],
  };
  const buttons = buttonsOf(answer, {
    details: kept && reply.details !== undefined,
    full,
    share: kept && answer.shareable === true,
  });
  const room = limits.blocks - 1 - (buttons.length > 0 ? 1 : 0) - (sharedBy ? 1 : 0) - 1;
  const blocks = [title, ...fitting(parts, room, zone)];
  if (sharedBy)
    blocks.push({
      type: 'context',
      elements: [{ type: 'plain_text', text: cut(`Shared by ${visible(sharedBy)}`, 200) }],
    });
  if (buttons.length > 0 && !sharedBy) blocks.push({ type: 'actions', elements: buttons });
  return { text, blocks };
}

function bold(elements: ReturnType<typeof richText>): ReturnType<typeof richText> {
  return elements.map((element) =>
    element.type === 'text' ? { ...element, style: { ...element.style, bold: true } } : element,
  );
}

/** Parts in order, until blocks or characters run out; then says so. */
function fitting(parts: readonly Part[], room: number, zone: string): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let left: number = limits.message - 1_500;
  for (const [index, part] of parts.entries()) {
    const block =
      blocks.length < room && left > 100 ? blockOf(part, Math.min(left, limits.richText), zone) : undefined;
    if (block && JSON.stringify(block).length <= left * 3) {
      blocks.push(block);
      left -= weigh(block);
    } else if (blocks.length >= room || left <= 100 || block) {
      blocks.push({
        type: 'context',
        elements: [{ type: 'plain_text', text: `… ${parts.length - index} more parts, cut to fit Slack` }],
      });
      break;
    }
  }
  return blocks;
}

/** The characters of a block's texts. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, inner) => sum + weigh(inner), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => sum + (key === 'type' ? 0 : weigh(inner)), 0);
}

interface Extras {
  details: boolean;
  full: boolean;
  share: boolean;
}

function buttonsOf({ id, invocation, reply }: Answer, { details, full, share }: Extras): Button[] {
  const own = reply.actions.flatMap((action, index) => buttonOf(action, index)).slice(0, limits.actions - 2);
  const whole = JSON.stringify({ id, invocation });
  const value = whole.length <= limits.buttonValue ? whole : JSON.stringify({ id });
  const show = (name: 'details' | 'less' | 'share', label: string): Button => ({
    type: 'button',
    action_id: `show:${name}`,
    text: { type: 'plain_text', text: label },
    value,
  });
  return [
    ...own,
    ...(details ? [full ? show('less', 'Less') : show('details', 'Details')] : []),
    ...(share ? [show('share', 'Share')] : []),
  ];
}

function buttonOf(action: Action, index: number): Button[] {
  const value = action.kind === 'invoke' ? JSON.stringify(action.invocation) : action.operation;
  // A button that can't carry its invocation whole would run something else.
  if (value.length > limits.buttonValue) return [];
  return [
    {
      type: 'button',
      action_id: action.kind === 'invoke' ? `invoke:${index}` : `move:${action.move}`,
      text: { type: 'plain_text', text: cut(visible(action.label) || '…', limits.buttonText) },
      value,
      ...(action.style && { style: action.style }),
    },
  ];
}
