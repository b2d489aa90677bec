import type { z } from 'zod';
import type { Caller, Role } from '../access/caller.ts';
import type { Plan, RunStep } from '../operation/plan.ts';
import type { Invocation } from '../reply/actions.ts';
import type { Reply, ReplyWith } from '../reply/reply.ts';
import type { Arguments, Value, ValuesOf } from './arguments.ts';
import type { Catalog } from './catalog.ts';

/** Who has to say yes: nobody, the caller, a second person. */
export type Confirmation = 'none' | 'self' | 'second';

/** What a confirmation may depend on. */
export interface ConfirmContext<A extends Arguments> {
  args: ValuesOf<A>;
  env: string;
  caller: Caller;
  /** The configuration asks for a second person there. */
  protected: boolean;
}

// Declared through a method, whose arguments TypeScript compares both ways: a list holds commands of all arguments.
type Rule<C, T> = { of(context: C): T }['of'];

/** What core itself needs a command for: the answer to an empty line, help (`command` of its arguments says for what), how an environment stands (`env`), who the caller is. */
export type Purpose = 'welcome' | 'explain' | 'overview' | 'identity';

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
  /** At most one command each. */
  purpose?: Purpose;
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
  /** Cancels an operation as its button does: by the role that its command needs, and recorded. Throws `UserError`. */
  cancel(operation: string): Promise<void>;
}

/** An invocation, and what its button says. */
export interface Inverse extends Invocation {
  label: string;
}

export interface PlanContext<A extends Arguments, P> extends Context<A, P> {}

export interface RunContext<A extends Arguments, P, D> extends Context<A, P> {
  /** The operation's id: travels in every mutation. */
  operation: string;
  plan: Plan<D>;
  /** Runs one step of the checklist; throws what ends the operation. */
  step: RunStep;
}

export interface ReadCommand<P, A extends Arguments = Arguments, O = unknown> extends Declaration<A> {
  kind: 'read';
  /** The data of its reply: what `--json` prints, and docs/json.md shows. */
  output: z.ZodType<O>;
  /** Whether the caller's role is looked up anew, as for changes; cached for a minute otherwise. */
  freshness?: 'live';
  /** Answers whoever may speak to the bot at all, with a role or without: help, whoami. */
  open?: true;
  /** Answers without knowing who asks, so that a terminal need not ask AWS first. */
  anonymous?: true;
  /** Whether its reply may be shown to the channel; true unless said otherwise. */
  shareable: boolean;
  run(context: ReadContext<A, P>): Promise<ReplyWith<O>>;
}

export interface ChangeCommand<P, A extends Arguments = Arguments, D = unknown, O = unknown>
  extends Declaration<A> {
  kind: 'change';
  /** The data of its outcome: what was changed, on which ids, before and after. */
  output: z.ZodType<O>;
  /** As it stands, or by a rule; in a protected environment a plain one becomes `second`, a rule decides itself. */
  confirm: Confirmation | Rule<ConfirmContext<A>, Confirmation>;
  /** What it locks while it runs: the environment unless said; a named thing in it (`user/ana@example.com`), which only those in its own way wait for; or none. */
  lock?: 'none' | Rule<ValuesOf<A>, string>;
  /** What takes it back: a button at its end, and offered to who asks for that meanwhile. */
  inverse?(args: ValuesOf<A>): Inverse;
  /** Read-only: exact targets, calls, cost, warnings. */
  plan(context: PlanContext<A, P>): Promise<Plan<D, O>>;
  run(context: RunContext<A, P, D>): Promise<ReplyWith<O>>;
}

export type Command<P> = ReadCommand<P> | ChangeCommand<P>;
