import type { Call } from './call.ts';
import type { Level } from './log-lines/levels.ts';

export interface LogEvent {
  at: Date;
  stream: string;
  message: string;
}

/** The words in streams' names that tell output from errors. */
export interface StreamWords {
  out: string;
  err: string;
}

export interface LogSearch {
  group: string;
  since: Date;
  until?: Date;
  /** The caller's words: sent as one quoted literal. */
  words?: string;
  /** That level and what is worse, as the reader of lines calls it; with the lines of their stacks. */
  level?: Level;
  stream?: 'out' | 'err';
  /** Where they are not the usual `out` and `err`. */
  streams?: StreamWords | undefined;
  /** What counts of that; the rest is passed over. */
  keep?: (event: LogEvent) => boolean;
  limit: number;
}

export interface LogFindings {
  /** Oldest first, the newest `limit` that match. */
  events: LogEvent[];
  more: boolean;
  /** Where the search ended before `since`, page or time budget used up: all that is newer was looked at. */
  searchedBackTo: Date | undefined;
}

export interface Logs {
  /** At most 10 pages or 5 s. Throws not-found when the group isn't there, unavailable or forbidden when it can't be searched. */
  search(search: LogSearch, call: Call): Promise<LogFindings>;
  /** When the group last had a line; `undefined` when it is empty. */
  lastEventAt(group: string, call: Call): Promise<Date | undefined>;
}

/** Whether a stream holds what was written to stderr, by the configured word or the usual ones: `i-0a…-stderr`, `i-0a…/backend-api-error.log`. */
export const isErrorStream = (name: string, streams: StreamWords | undefined): boolean =>
  streams ? name.includes(streams.err) : /(^|[^a-z])(?:std)?err(or)?([^a-z]|$)/i.test(name);

/** The same for stdout. */
export const isOutStream = (name: string, streams: StreamWords | undefined): boolean =>
  streams ? name.includes(streams.out) : /(^|[^a-z])(?:std)?out([^a-z]|$)/i.test(name);
