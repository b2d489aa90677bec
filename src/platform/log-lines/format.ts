import type { Level } from './levels.ts';

/** A way to write a line as text, after its prefixes were taken off. */
export interface Format {
  name: string;
  /** A whole line of it, and what is read there. */
  example: string;
  reads: { level?: Level; text: string };
  /** Groups: `level`, `text`, `context`, `time`; `method`, `path`, `status` and `ms` of a request. */
  pattern: RegExp;
  /** Where no word says it. */
  level?: Level;
}

/** An entry; its pattern stands at the line's beginning. */
export const format = (
  name: string,
  pattern: string,
  example: string,
  reads: Format['reads'],
  level?: Level,
): Format => ({ name, example, reads, pattern: new RegExp(`^${pattern}`, 's'), ...(level && { level }) });
