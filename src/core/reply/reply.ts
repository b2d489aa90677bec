import type { Action } from './actions.ts';
import type { ErrorData } from './errors.ts';
import { note, type Part, type Tone } from './parts.ts';
import { plain, type Text } from './text.ts';

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
