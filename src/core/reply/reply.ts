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
  | { kind: 'note'; text: Text };

/** A command's name and its parsed arguments, as plain JSON: what a read's button carries. */
export interface Invocation {
  command: string;
  args: Readonly<Record<string, string | number | boolean>>;
}

/** What a click may do to an operation; such a button carries the operation's id and nothing else. */
export type OperationAction = 'confirm' | 'dismiss' | 'cancel' | 'tell' | 'follow';

export type Action = { label: string; style?: 'primary' | 'danger' } & (
  | { kind: 'invoke'; invocation: Invocation }
  | { kind: 'move'; move: OperationAction; operation: string }
);

export interface Reply {
  title: Text;
  tone: Tone;
  /** The outcome in one plain line, for the notification and the screen reader: `dev is up · 4 m 12 s`. */
  summary: string;
  parts: readonly Part[];
  /** What stands behind Details. */
  details?: readonly Part[];
  actions: readonly Action[];
}

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
}

export const text = (value: Text): Part => ({ kind: 'text', text: value });
export const note = (value: Text): Part => ({ kind: 'note', text: value });
export const facts = (rows: readonly Fact[]): Part => ({ kind: 'facts', facts: rows });
export const code = (value: string): Span => ({ kind: 'code', text: value });
export const clockTime = (at: Date): Span => ({ kind: 'time', at, as: 'clock' });
export const dayTime = (at: Date): Span => ({ kind: 'time', at, as: 'both' });

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
