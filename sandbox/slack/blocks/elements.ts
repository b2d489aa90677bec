import type { Message } from '../messages.ts';
import { isInteractive } from './block-rules.ts';

/** Something in a message that can be pressed or chosen. */
export interface Element {
  label: string;
  actionId: string;
  blockId: string;
  /** The entry of a block_actions payload, without block_id and action_ts. */
  action: Record<string, unknown>;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string =>
  isObject(value) && typeof value.text === 'string' ? value.text : '';

function describe(element: Json, blockId: string): Element[] {
  const actionId = String(element.action_id);
  const { type } = element;
  const shared = { type, action_id: actionId };
  if (Array.isArray(element.options)) {
    return element.options.filter(isObject).map((option) => ({
      label: textOf(option.text),
      actionId,
      blockId,
      action: { ...shared, selected_option: option },
    }));
  }
  if (type === 'feedback_buttons') {
    return [element.positive_button, element.negative_button].filter(isObject).map((button) => ({
      label: textOf(button.text),
      actionId,
      blockId,
      action: { ...shared, text: button.text, value: button.value },
    }));
  }
  const { text, value, style } = element;
  const action = { ...shared, text, ...(value === undefined ? {} : { value }), ...(style ? { style } : {}) };
  return [{ label: textOf(text), actionId, blockId, action }];
}

function collect(value: unknown, blockId: string): Element[] {
  if (Array.isArray(value)) return value.flatMap((each) => collect(each, blockId));
  if (!isObject(value)) return [];
  const inner = typeof value.block_id === 'string' ? value.block_id : blockId;
  if (isInteractive(value) && typeof value.action_id === 'string') return describe(value, inner);
  return Object.values(value).flatMap((each) => collect(each, inner));
}

export const listElements = (message: Message): Element[] => collect(message.blocks, '');

/** Those that `word` names: by label or by action_id, any case. An exact action_id wins. */
export function matchElements(elements: readonly Element[], word: string): Element[] {
  const wanted = word.trim().toLowerCase();
  const byId = elements.filter((each) => each.actionId.toLowerCase() === wanted);
  return byId.length > 0 ? byId : elements.filter((each) => each.label.trim().toLowerCase() === wanted);
}
