/** A command's name and its parsed arguments, as plain JSON: what a read's button carries. */
export interface Invocation {
  command: string;
  args: Readonly<Record<string, string | number | boolean>>;
}

/** What a click may do to an operation; such a button carries the operation's id and nothing else. */
export type OperationAction = 'confirm' | 'dismiss' | 'cancel' | 'tell' | 'follow';

/** One line of a list that opens. */
export interface Choice {
  label: string;
  invocation: Invocation;
}

interface Button {
  label: string;
  style?: 'primary' | 'danger';
}

/** `select`: one of several of a kind (services). `menu`: what is rarely wanted, behind the buttons. */
interface ChoiceList {
  kind: 'select' | 'menu';
  label: string;
  choices: readonly Choice[];
}

export type Action =
  | (Button & { kind: 'invoke'; invocation: Invocation })
  | (Button & { kind: 'move'; move: OperationAction; operation: string })
  | ChoiceList;

export const invoke = (
  label: string,
  command: string,
  args: Invocation['args'] = {},
  style?: 'primary' | 'danger',
): Action => ({ kind: 'invoke', label, invocation: { command, args }, ...(style && { style }) });

export const operationAction = (
  label: string,
  name: OperationAction,
  operation: string,
  style?: 'primary' | 'danger',
): Action => ({
  kind: 'move',
  label,
  move: name,
  operation,
  ...(style && { style }),
});

const choiceOf = ({ label, invocation }: Choice): Action => ({ kind: 'invoke', label, invocation });

/** One of several: a button where there is only one, a list otherwise. */
export function select(label: string, choices: readonly Choice[]): Action[] {
  return choices.length > 1 ? [{ kind: 'select', label, choices }] : choices.map(choiceOf);
}

const mostButtons = 5;

/** At most five in a row: where there are more, the first four stay and the others go into a menu. */
export function fewButtons(choices: readonly Choice[]): Action[] {
  if (choices.length <= mostButtons) return choices.map(choiceOf);
  return [
    ...choices.slice(0, mostButtons - 1).map(choiceOf),
    { kind: 'menu', label: 'More', choices: choices.slice(mostButtons - 1) },
  ];
}

export const choice = (label: string, command: string, args: Invocation['args'] = {}): Choice => ({
  label,
  invocation: { command, args },
});

/** Every button and every choice with what it runs; what acts on an operation is not among them. */
export const invocationsOf = (actions: readonly Action[]): Choice[] =>
  actions.flatMap((action) => {
    if (action.kind === 'move') return [];
    return action.kind === 'invoke' ? [action] : action.choices;
  });
