import { createHash } from 'node:crypto';
import type { BotContext } from '../context.ts';
import type { Action, Invocation } from '../reply/actions.ts';
import { UserError } from '../reply/errors.ts';
import type { Fact } from '../reply/parts.ts';
import type { ReplyWith } from '../reply/reply.ts';
import type { Text } from '../reply/text.ts';
import type { ChangeRequest } from './operation.ts';

/** One thing a change touches, and in which state the plan saw it. */
export interface PlanTarget {
  /** `EC2`, `RDS`, `PM2`, `Cognito`. */
  kind: string;
  id: string;
  name: string;
  /** What will be done to it: `stop`. */
  verb: string;
  /** Its state when planned; part of the fingerprint. */
  state: string;
  /** The `Service` tag, where it has one; only listed services are touched. */
  service?: string;
}

/** A step before it runs. */
export interface PlanStep {
  id: string;
  /** Once it is done: `RDS stopped`. */
  title: string;
  /** Until then: `RDS stopping`. */
  doing?: string;
  /** The instance that it acts on, as people call it; where one is named, so are all. */
  instance?: string;
}

/** What a change would do, before anything is done. Data only: it is stored with the operation. */
export interface Plan<D = unknown, O = unknown> {
  env: string;
  /** `Stop dev?` */
  question: string;
  /** `Stopping dev`, the running operation's title. */
  doing: string;
  /** `stopped rds in dev`: what its caller did, once it is done. */
  did: string;
  targets: readonly PlanTarget[];
  /** What is called, in words an auditor knows: `ec2:StopInstances i-0a1…`. */
  calls: readonly string[];
  /** The checklist as it will run. */
  steps: readonly PlanStep[];
  facts: readonly Fact[];
  warnings: readonly Text[];
  /** Whether the yes to it is one to think about, also without warnings. */
  danger?: boolean;
  /** JSON for `run`, where targets don't say all. */
  data: D;
  /** Where there is nothing to do: the answer instead of a card. */
  nothing?: ReplyWith<O>;
}

export interface StepProgress {
  done: boolean;
  /** What stands there meanwhile: `backing-up`. */
  note?: string;
}

export interface StepReadiness extends StepProgress {
  /** It is on its way already (`stopping`): nothing is sent. */
  underWay?: boolean;
}

/** What a look says of a change: that it is there or not, that it still runs, or that it ended in a way which only a person can judge. */
export type Sighting = boolean | 'running' | 'unclear';

/** An `act` that found nothing to change, or left it out for the reason in its note. */
export interface NothingSent {
  sent: false;
  note?: string;
}

/** One line of the checklist, and how it is run. */
export interface Step extends PlanStep {
  /** How long it may take before the operation ends as partly done. */
  deadlineSeconds: number;
  /** What to say and offer when the deadline passes. */
  late?: { hint: string; actions: Action[] };
  /** May `act` be sent again without harm (stopping may; restarting, mailing may not)? */
  repeatable: boolean;
  /** Asked first, and after `act` until it is done. Absent: `act` returning is the end. */
  settled?(): Promise<StepProgress>;
  /** Asked before `act` until it is done: waits for a state that allows it, such as the end of backing-up. */
  ready?(): Promise<StepReadiness>;
  /** Did `act` take effect since the operation began? Asked after a lost answer and on taking over. Default: `settled`. */
  happened?(since: Date): Promise<Sighting>;
  /** The one mutation; absent for a step that only waits or checks. Returns a note, or that there was nothing to send. */
  act?(): Promise<string | undefined | NothingSent>;
  /** False where `settled` would be true before `act` too (a restart): then `act` is always sent. Default true. */
  skipWhenSettled?: boolean;
}

export interface StepOutcome {
  changed: boolean;
  note?: string;
}

export type RunStep = (step: Step) => Promise<StepOutcome>;

/** Asks the command for its plan; one that would touch the bot itself is refused. */
export async function planChange<P>(
  bot: BotContext<P>,
  { command, args, caller }: ChangeRequest<P>,
  signal: AbortSignal,
): Promise<Plan> {
  const plan = await command.plan({ args, platform: bot.platform, caller, signal });
  const own = plan.targets.find((target) => bot.isOwn(target));
  if (!own) return plan;
  throw new UserError('forbidden', `Not done: ${own.name} is what this bot runs on.`, {
    hint: 'Do that from a laptop, by the guide.',
  });
}

/** Same command, same targets in the same states: what a confirmation is bound to. */
export function fingerprintOf(command: string, args: Invocation['args'], plan: Plan): string {
  const facts = plan.targets.map(({ kind, id, verb, state }) => [kind, id, verb, state]);
  return createHash('sha256')
    .update(JSON.stringify([command, Object.entries(args).sort(), facts]))
    .digest('hex');
}
