import type { ErrorData, MissingArguments } from './errors.ts';

/** Good, warn, bad, info: how the news is, not how it looks. */
export type Tone = 'good' | 'warn' | 'bad' | 'info';

/** Plain strings are hostile until a renderer escaped them; only spans can carry meaning. */
export type Span =
  | string
  | { kind: 'strong'; text: string }
  | { kind: 'code'; text: string }
  /** `clock` 14:05, `day` 23 Nov, `both`; shown in the reader's zone where the surface can. */
  | { kind: 'time'; at: Date; as: 'clock' | 'day' | 'both' }
  /** A person's id on their surface (Slack `U…`; an ARN in the terminal). `mention` notifies them. */
  | { kind: 'person'; id: string; name: string; mention?: boolean }
  | { kind: 'link'; url: string; label: string };

export type Text = string | readonly Span[];

export interface Fact {
  label: string;
  value: Text;
  tone?: Tone;
}

export interface LogLine {
  at?: Date;
  level?: 'debug' | 'info' | 'warn' | 'error';
  text: string;
  /** How often it stood there in a row of equals; 1 when absent. */
  count?: number;
}

export type CheckState = 'todo' | 'doing' | 'done' | 'already' | 'failed' | 'unknown' | 'skipped';

export interface Check {
  title: string;
  /** The instance that it is about, where there may be several. */
  instance?: string;
  state: CheckState;
  seconds?: number;
  usualSeconds?: number;
  note?: string;
}

export type Part =
  | { kind: 'text'; text: Text }
  | { kind: 'facts'; facts: readonly Fact[] }
  | { kind: 'table'; columns: readonly string[]; rows: readonly (readonly string[])[] }
  | { kind: 'log'; lines: readonly LogLine[] }
  | { kind: 'checklist'; checks: readonly Check[] }
  | { kind: 'note'; text: Text }
  | Picture
  | File;

/** A picture, by its bytes or by an address that the reader may open. */
export type Picture = { kind: 'image'; alt: string; width: number; height: number } & (
  | { name: string; png: Uint8Array }
  | { url: string }
);

export interface File {
  kind: 'file';
  name: string;
  /** `text/plain`, `text/csv` … */
  type: string;
  content: string | Uint8Array;
}

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

export interface Reply {
  title: Text;
  tone: Tone;
  /** The outcome in one plain line, for the notification and the screen reader: `dev is up · 4 m 12 s`. */
  summary: string;
  parts: readonly Part[];
  /** What stands behind Details. */
  details?: readonly Part[];
  actions: readonly Action[];
  /** The same for scripts, by the command's declared schema: plain JSON, times in ISO 8601. */
  data?: unknown;
  /** What kept it from being done, for scripts. */
  error?: ErrorData;
}

/** A reply that says for scripts what it shows to people. */
export type ReplyWith<D> = Reply & { data: D };

/** Where an answer stands; `working` and `waiting` will change. It is the last word of the answer's first block id. */
export type AnswerState = 'working' | 'waiting' | 'done' | 'refused' | 'failed' | 'partly' | 'unknown';

/** One answer to one invocation: later ones with the same id replace the earlier. */
export interface Answer {
  id: string;
  state: AnswerState;
  reply: Reply;
  /** A read whose declaration lets the caller show it to the channel. */
  shareable?: boolean;
  /** Above what everybody may look at: said to the caller alone, also where others read along. */
  private?: boolean;
  /** What to run again when the kept reply is gone. */
  invocation?: Invocation;
  /** What it lacks to be run: a surface may ask for it. */
  missing?: MissingArguments;
  /** How far a change came, for scripts. */
  steps?: readonly StepData[];
}

export interface StepData {
  id: string;
  title: string;
  /** The instance that it acts on. */
  instance?: string;
  state: CheckState;
  seconds?: number;
}

export const text = (value: Text): Part => ({ kind: 'text', text: value });
export const note = (value: Text): Part => ({ kind: 'note', text: value });
export const facts = (rows: readonly Fact[]): Part => ({ kind: 'facts', facts: rows });
export const code = (value: string): Span => ({ kind: 'code', text: value });
export const clockTime = (at: Date): Span => ({ kind: 'time', at, as: 'clock' });
export const dayTime = (at: Date): Span => ({ kind: 'time', at, as: 'both' });

/** Whole sentences one after the other; absent ones leave no gap. */
export function sentences(...texts: readonly (Text | undefined)[]): Text {
  const said = texts.filter((one): one is Text => one !== undefined && plain(one) !== '');
  if (said.every((one) => typeof one === 'string')) return said.join(' ');
  return said.flatMap((one, index) => [
    ...(index > 0 ? [' '] : []),
    ...(typeof one === 'string' ? [one] : one),
  ]);
}

type Draft = Pick<Reply, 'title' | 'tone'> & Partial<Reply>;

/** A reply from what is particular to it: its summary is its title unless it says more. */
export function createReply<D>(draft: Draft & { data: D }): ReplyWith<D>;
export function createReply(draft: Draft): Reply;
export function createReply(draft: Draft): Reply {
  return { summary: plain(draft.title), parts: [], actions: [], ...draft };
}

/** What every refusal and every change without effect says. */
export const nothingChanged = 'Nothing was changed.';

/** The answer to a change that finds all as it is wanted. */
export function unchanged<D>({
  parts = [],
  ...draft
}: Omit<Draft, 'tone'> & { tone?: Tone; data: D }): ReplyWith<D> {
  return createReply({ tone: 'good', ...draft, parts: [note(nothingChanged), ...parts] });
}

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

/** How many bytes a file or a picture has; a picture at an address has none here. */
export const bytesOf = (part: Picture | File): number => {
  if (part.kind === 'image') return 'png' in part ? part.png.byteLength : 0;
  return typeof part.content === 'string'
    ? new TextEncoder().encode(part.content).byteLength
    : part.content.byteLength;
};

/** A reply's text without its meaning, for summaries, tests and logs. */
export function plain(value: Text): string {
  if (typeof value === 'string') return value;
  return value
    .map((span) => {
      if (typeof span === 'string') return span;
      if (span.kind === 'time') return span.at.toISOString();
      if (span.kind === 'person') return span.name;
      if (span.kind === 'link') return span.label;
      return span.text;
    })
    .join('');
}
