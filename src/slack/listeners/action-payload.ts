import type { Invocation, OperationAction } from '../../core/reply/actions.ts';

const moves = new Map<string, OperationAction>([
  ['move:confirm', 'confirm'],
  ['move:dismiss', 'dismiss'],
  ['move:cancel', 'cancel'],
  ['move:tell', 'tell'],
  ['move:follow', 'follow'],
]);

const shows = new Map<string, 'details' | 'less' | 'share'>([
  ['show:details', 'details'],
  ['show:less', 'less'],
  ['show:share', 'share'],
]);

const ulid = /^[0-9A-HJKMNP-TV-Z]{26}$/;

export type ButtonPress =
  | { kind: 'move'; move: OperationAction; operation: string }
  | { kind: 'invoke'; invocation: Invocation }
  /** Which kept answer, and what to run when it isn't kept any more. */
  | { kind: 'show'; what: 'details' | 'less' | 'share'; id: string; invocation: Invocation | undefined };

/** What a pressed button or a chosen option carries; `undefined` for every other element, which the bot never sends. */
export function pressedValue(action: { type: string }): { value: string | undefined } | undefined {
  if (action.type === 'button')
    return { value: 'value' in action && typeof action.value === 'string' ? action.value : undefined };
  if (action.type !== 'static_select' && action.type !== 'overflow') return undefined;
  const option = 'selected_option' in action ? action.selected_option : undefined;
  const isOption = typeof option === 'object' && option !== null && 'value' in option;
  return { value: isOption && typeof option.value === 'string' ? option.value : undefined };
}

/** What a button or an option means; `undefined` for what isn't one of ours. */
export function readButtonPress(actionId: string, value: string | undefined): ButtonPress | undefined {
  const move = moves.get(actionId.replace(/:\d+$/, ''));
  if (move)
    return value !== undefined && ulid.test(value) ? { kind: 'move', move, operation: value } : undefined;
  const what = shows.get(actionId);
  if (what) return readShow(what, value);
  if (!actionId.startsWith('invoke:') || value === undefined) return undefined;
  const invocation = readInvocation(parseJson(value));
  return invocation && { kind: 'invoke', invocation };
}

function readShow(what: 'details' | 'less' | 'share', value: string | undefined): ButtonPress | undefined {
  const parsed = parseJson(value ?? '');
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    !('id' in parsed) ||
    typeof parsed.id !== 'string' ||
    !ulid.test(parsed.id)
  )
    return undefined;
  const invocation = 'invocation' in parsed ? readInvocation(parsed.invocation) : undefined;
  return { kind: 'show', what, id: parsed.id, invocation };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Taken apart field by field: whoever can post as the bot could have written it. */
function readInvocation(value: unknown): Invocation | undefined {
  if (typeof value !== 'object' || value === null || !('command' in value) || !('args' in value))
    return undefined;
  const { command, args } = value;
  if (typeof command !== 'string' || typeof args !== 'object' || args === null) return undefined;
  const entries = Object.entries(args).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return { command, args: Object.fromEntries(entries) };
}
