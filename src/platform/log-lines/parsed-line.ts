import type { Fields } from './fields.ts';
import type { Level } from './levels.ts';

/** What was asked of a service, and what came of it. */
export interface Request {
  method: string | undefined;
  path: string | undefined;
  status: number | undefined;
  milliseconds: number | undefined;
}

/** A line as its writer meant it, whatever stands before it. */
export interface ParsedLine {
  /** The writer's own time; else that of whoever passed it on. */
  at: Date | undefined;
  level: Level | undefined;
  /** What is left without prefixes and colours. */
  text: string;
  /** Of a JSON or logfmt line. */
  fields: Fields | undefined;
  message: string | undefined;
  /** Nest's `[ExceptionsHandler]`. */
  context: string | undefined;
  request: Request | undefined;
  error: string | undefined;
  /** The lines of a stack that is a field. */
  stack: readonly string[];
  /** A prefix says that it was written to stderr. */
  fromErrors: boolean;
}
