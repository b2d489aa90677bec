import type { Button } from '@slack/types';
import type { Action, Answer } from '../../core/reply/reply.ts';
import { limits } from './limits.ts';
import { cut, visibleLine } from './visible.ts';

interface Extras {
  details: boolean;
  full: boolean;
  share: boolean;
}

interface Buttons {
  shown: Button[];
  /** How many could not be shown. */
  left: number;
}

/** A reply's actions, then Details and Share. What a press means is read back in `payload.ts`. */
export function buttonsOf({ id, invocation, reply }: Answer, { details, full, share }: Extras): Buttons {
  const extras = [
    ...(details ? [showButton(full ? 'less' : 'details', full ? 'Less' : 'Details')] : []),
    ...(share ? [showButton('share', 'Share')] : []),
  ];
  const names = new Set<string>();
  const own = reply.actions
    .flatMap((action, index) => buttonOf(action, index, names))
    .slice(0, limits.actions - extras.length);
  return { shown: [...own, ...extras], left: reply.actions.length - own.length };

  function showButton(what: 'details' | 'less' | 'share', label: string): Button {
    const whole = JSON.stringify({ id, invocation });
    const value = whole.length <= limits.buttonValue ? whole : JSON.stringify({ id });
    return {
      type: 'button',
      action_id: `show:${what}`,
      text: { type: 'plain_text', text: label, emoji: false },
      value,
    };
  }
}

function buttonOf(action: Action, index: number, names: Set<string>): Button[] {
  const value = action.kind === 'invoke' ? JSON.stringify(action.invocation) : action.operation;
  // A button that can't carry its invocation whole would run something else.
  if (value.length > limits.buttonValue || value === '') return [];
  const name = action.kind === 'invoke' ? `invoke:${index}` : `move:${action.move}`;
  // Unique within the message, as Slack wants it.
  const unique = names.has(name) ? `${name}:${index}` : name;
  names.add(unique);
  return [
    {
      type: 'button',
      action_id: unique,
      text: {
        type: 'plain_text',
        text: cut(visibleLine(action.label).trim() || '…', limits.buttonText),
        emoji: false,
      },
      value,
      ...(action.style && { style: action.style }),
    },
  ];
}
