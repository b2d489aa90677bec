import type { ActionsBlockElement, Button, PlainTextOption } from '@slack/types';
import type { Action, Choice } from '../../core/reply/actions.ts';
import type { Answer } from '../../core/reply/answer.ts';
import { limits } from './limits.ts';
import { cut, visibleLine } from './visible.ts';

interface Extras {
  details: boolean;
  full: boolean;
  share: boolean;
}

interface Elements {
  shown: ActionsBlockElement[];
  /** How many buttons and choices could not be shown. */
  left: number;
}

/** A reply's actions, then Details and Share. What a press means is read back in `listeners/action-payload.ts`. */
export function elementsOf({ id, invocation, reply }: Answer, { details, full, share }: Extras): Elements {
  const extras = [
    ...(details ? [showButton(full ? 'less' : 'details', full ? 'Less' : 'Details')] : []),
    ...(share ? [showButton('share', 'Share')] : []),
  ];
  const names = new Set<string>();
  const wanted = reply.actions.flatMap(fitting);
  const own = wanted
    .flatMap((action, index) => elementOf(action, index, names))
    .slice(0, limits.actions - extras.length);
  return {
    shown: [...own, ...extras],
    left: count(reply.actions) - own.reduce((sum, one) => sum + carried(one), 0),
  };

  function showButton(what: 'details' | 'less' | 'share', label: string): Button {
    const whole = JSON.stringify({ id, invocation });
    const value = whole.length <= limits.buttonValue ? whole : JSON.stringify({ id });
    return { type: 'button', action_id: `show:${what}`, text: plain(label, limits.buttonText), value };
  }
}

const count = (actions: readonly Action[]): number =>
  actions.reduce((sum, action) => sum + ('choices' in action ? action.choices.length : 1), 0);

const carried = (element: ActionsBlockElement): number =>
  'options' in element ? (element.options?.length ?? 0) : 1;

const payloadOf = ({ invocation }: Choice): string => JSON.stringify(invocation);

/** An option holds fewer characters than a button: choices that an option can't carry whole become buttons beside the list. */
function fitting(action: Action): Action[] {
  if (!('choices' in action)) return [action];
  const fits = (choice: Choice) => payloadOf(choice).length <= limits.optionValue;
  const choices = action.choices.filter(fits);
  return [
    ...(choices.length > 0 ? [{ ...action, choices }] : []),
    ...action.choices
      .filter((choice) => !fits(choice))
      .map(({ label, invocation }): Action => ({ kind: 'invoke', label, invocation })),
  ];
}

function elementOf(action: Action, index: number, names: Set<string>): ActionsBlockElement[] {
  if ('choices' in action) {
    const options = action.choices.slice(0, limits.select).map(optionOf);
    return action.kind === 'menu' && options.length <= limits.menu
      ? [{ type: 'overflow', action_id: `invoke:${index}`, options }]
      : [
          {
            type: 'static_select',
            action_id: `invoke:${index}`,
            placeholder: plain(action.label, limits.placeholder),
            options,
          },
        ];
  }
  const value = action.kind === 'invoke' ? payloadOf(action) : action.operation;
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
      text: plain(action.label, limits.buttonText),
      value,
      ...(action.style && { style: action.style }),
    },
  ];
}

const optionOf = (choice: Choice): PlainTextOption => ({
  text: plain(choice.label, limits.optionText),
  value: payloadOf(choice),
});

const plain = (text: string, most: number) =>
  ({ type: 'plain_text', text: cut(visibleLine(text).trim() || '…', most), emoji: false }) as const;
