import type { Invocation } from './actions.ts';
import type { MissingArguments } from './errors.ts';
import type { CheckState } from './parts.ts';
import type { Reply } from './reply.ts';

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
