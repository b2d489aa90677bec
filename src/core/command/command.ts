import type { Caller, Role } from '../access/caller.ts';
import type { Plan, RunStep } from '../operation/plan.ts';
import type { Reply } from '../reply/reply.ts';
import type { Arguments, Value, ValuesOf } from './arguments.ts';
import type { Catalog } from './catalog.ts';

export type Confirmation = 'none' | 'self' | 'second';

/** Another word for a command, perhaps with arguments already said: `errors` is logs at level error. */
export type Alias = string | { words: string; args: Readonly<Record<string, Value>> };

interface Declaration<A extends Arguments> {
  /** The words that call it: `status`, `pm2 restart`. */
  name: string;
  summary: string;
  role: Role;
  /** Order of declaration is order of position. */
  args: A;
  /** What follows the slash command; every one is parsed by a test. */
  examples: readonly string[];
  aliases?: readonly Alias[];
  /** Among the first that help shows. */
  everyday?: boolean;
}

interface Context<A extends Arguments, P> {
  args: ValuesOf<A>;
  platform: P;
  caller: Caller;
  signal: AbortSignal;
}

export interface ReadContext<A extends Arguments, P> extends Context<A, P> {
  /** Shows an answer that isn't complete yet; the returned reply replaces it. */
  interim(reply: Reply): void;
  /** What help and whoami need of the whole: every command and the configured words. */
  catalog: Catalog<P>;
}

export interface PlanContext<A extends Arguments, P> extends Context<A, P> {}

export interface RunContext<A extends Arguments, P, D> extends Context<A, P> {
  /** The operation's id: travels in every mutation. */
  operation: string;
  plan: Plan<D>;
  /** Runs one step of the checklist; throws what ends the operation. */
  step: RunStep;
}

export interface ReadCommand<P, A extends Arguments = Arguments> extends Declaration<A> {
  kind: 'read';
  /** Whether the caller's role is looked up anew, as for changes; cached for a minute otherwise. */
  freshness?: 'live';
  /** Answers whoever may speak to the bot at all, with a role or without: help, whoami. */
  open?: true;
  /** Whether its reply may be shown to the channel; true unless said otherwise. */
  shareable: boolean;
  run(context: ReadContext<A, P>): Promise<Reply>;
}

export interface ChangeCommand<P, A extends Arguments = Arguments, D = unknown> extends Declaration<A> {
  kind: 'change';
  confirm: Confirmation;
  /** The command that takes it back, with the same arguments. */
  inverse?: string;
  /** Read-only: exact targets, calls, cost, warnings. */
  plan(context: PlanContext<A, P>): Promise<Plan<D>>;
  run(context: RunContext<A, P, D>): Promise<Reply>;
}

export type Command<P> = ReadCommand<P> | ChangeCommand<P>;
