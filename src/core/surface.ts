import type { OperationRecord } from '../stores/operation-record.ts';
import type { Requester } from '../stores/operations.ts';
import type { Caller } from './access/caller.ts';
import type { Answer } from './reply/answer.ts';

/** One surface's side of one invocation. */
export interface Responder {
  /** The place it was asked in, in the surface's words (a channel id); stored with an operation. */
  place: string;
  /** Shows the answer; a later one with the same id replaces it. */
  answer(answer: Answer): Promise<void>;
}

/** Where operations show their progress: one message each, edited in place. */
export interface ProgressPublisher {
  /** Whose people it reaches; those of another surface wait for a process of theirs. */
  readonly surface: Caller['surface'];
  /** Creates the operation's message. Throws `UserError` when it can't be posted there: the change is then refused. */
  open(operation: OperationRecord, answer: Answer): Promise<{ channel: string; ts: string }>;
  /** Coalesced and paced; never throws and never hinders the operation. */
  update(message: { channel: string; ts: string }, answer: Answer): void;
  /** The outcome: resolves once it is delivered, throws when it could not be. */
  close(message: { channel: string; ts: string }, answer: Answer): Promise<void>;
  /** Mentions who wants to know: in the operation's thread, or where each of them asked when it lives on another surface. */
  tell(operation: OperationRecord, answer: Answer, people: readonly Requester[]): Promise<void>;
  /** A link to it for others, where the surface has links. */
  link(message: { channel: string; ts: string }): Promise<string | undefined>;
}
