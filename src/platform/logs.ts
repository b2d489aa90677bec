import type { Call } from './call.ts';

export interface LogEvent {
  at: Date;
  stream: string;
  message: string;
}

export interface LogSearch {
  group: string;
  since: Date;
  until?: Date;
  /** The caller's words: sent as one quoted literal. */
  words?: string;
  level?: 'debug' | 'info' | 'warn' | 'error';
  stream?: 'out' | 'err';
  /** The words in streams' names that tell output from errors, where they are not `out` and `err`. */
  streams?: { out: string; err: string } | undefined;
  limit: number;
}

export interface LogFindings {
  /** Oldest first, the newest `limit` that match. */
  events: LogEvent[];
  more: boolean;
  /** Where the search ended before `since`: page or time budget used up. */
  searchedBackTo: Date | undefined;
}

export interface Logs {
  /** At most 10 pages or 5 s. Throws not-found when the group isn't there. */
  search(search: LogSearch, call: Call): Promise<LogFindings>;
  /** When the group last had a line; `undefined` when it is empty. */
  lastEventAt(group: string, call: Call): Promise<Date | undefined>;
}
