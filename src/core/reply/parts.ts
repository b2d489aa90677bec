import type { Text } from './text.ts';

/** Good, warn, bad, info: how the news is, not how it looks. */
export type Tone = 'good' | 'warn' | 'bad' | 'info';

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
  note?: Text;
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

export const text = (value: Text): Part => ({ kind: 'text', text: value });
export const note = (value: Text): Part => ({ kind: 'note', text: value });
export const facts = (rows: readonly Fact[]): Part => ({ kind: 'facts', facts: rows });

/** How many bytes a file or a picture has; a picture at an address has none here. */
export const bytesOf = (part: Picture | File): number => {
  if (part.kind === 'image') return 'png' in part ? part.png.byteLength : 0;
  return typeof part.content === 'string'
    ? new TextEncoder().encode(part.content).byteLength
    : part.content.byteLength;
};
