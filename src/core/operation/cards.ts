import type { OperationRecord, StepRecord } from '../../stores/operation-record.ts';
import { type Action, operationAction } from '../reply/actions.ts';
import type { StepData } from '../reply/answer.ts';
import { type Check, facts, note, type Part, text } from '../reply/parts.ts';
import type { Reply } from '../reply/reply.ts';
import { clockTime, code } from '../reply/text.ts';
import type { Plan } from './plan.ts';

/** The card that waits for a yes: exact targets, cost, warnings, what is called. */
export function planCard(record: OperationRecord, plan: Plan): Reply {
  return {
    title: plan.question,
    tone: plan.warnings.length > 0 ? 'warn' : 'info',
    summary: `${plan.question} ${record.caller.name} asks`,
    parts: [
      facts(
        plan.targets.map((target, index) => ({
          label: `${index + 1} ${target.kind}`,
          value: `${target.verb} ${target.name}`,
        })),
      ),
      ...(plan.facts.length > 0 ? [facts(plan.facts)] : []),
      ...plan.warnings.map(
        (warning): Part => text(['⚠ ', ...(typeof warning === 'string' ? [warning] : warning)]),
      ),
      note(['Good until ', clockTime(new Date(record.expiresAt)), ' · ', record.id]),
    ],
    details: [
      facts(
        plan.targets.map((target) => ({
          label: `${target.kind} ${target.name}`,
          value: [code(target.id), ` is ${target.state}`],
        })),
      ),
      text(['Calls: ', ...plan.calls.flatMap((call, index) => [index > 0 ? ', ' : '', code(call)])]),
    ],
    actions: [
      operationAction(
        plan.question.replace(/\?$/, ''),
        'confirm',
        record.id,
        plan.danger || plan.warnings.length > 0 ? 'danger' : 'primary',
      ),
      operationAction('Don’t', 'dismiss', record.id),
    ],
  };
}

function checksOf(steps: readonly StepRecord[], now: number): Check[] {
  return steps.map((step) => ({
    title: step.state === 'doing' ? (step.doing ?? step.title) : step.title,
    state: step.state,
    ...(step.instance !== undefined && { instance: step.instance }),
    ...(step.startedAt !== undefined && {
      seconds: Math.max(0, Math.round(((step.endedAt ?? now) - step.startedAt) / 1000)),
    }),
    ...(step.usualSeconds !== undefined && { usualSeconds: step.usualSeconds }),
    ...noteOf(step),
  }));
}

function noteOf({ state, doing, note, lookingSince }: StepRecord): Pick<Check, 'note'> {
  if (state === 'doing' && lookingSince !== undefined) {
    return {
      note: ['its answer was lost; looking whether it happened, since ', clockTime(new Date(lookingSince))],
    };
  }
  // `RDS stopping` need not say `stopping` again.
  return note === undefined || doing?.endsWith(` ${note}`) ? {} : { note };
}

/** The same for scripts. */
export const stepData = ({ steps }: OperationRecord): StepData[] =>
  steps.map(({ id, title, instance, state, startedAt, endedAt }) => ({
    id,
    title,
    ...(instance !== undefined && { instance }),
    state,
    ...(startedAt !== undefined &&
      endedAt !== undefined && { seconds: Math.max(0, Math.round((endedAt - startedAt) / 1000)) }),
  }));

/** The live checklist. */
export function progressCard(
  record: OperationRecord,
  plan: Plan,
  now: number,
  remarks: readonly string[],
): Reply {
  const took = duration(now - (record.startedAt ?? now));
  const left = leftOf(record.steps, now);
  const heading = `${plan.doing} · ${record.caller.name} · ${took}`;
  return {
    title: heading,
    tone: 'info',
    summary: heading,
    parts: [
      { kind: 'checklist', checks: checksOf(record.steps, now) },
      ...(left === undefined ? [] : [note(`≈ ${left} left`)]),
      ...remarks.map((remark) => note(remark)),
      note(record.id),
    ],
    actions: [
      operationAction('Cancel after this step', 'cancel', record.id),
      operationAction('Tell me', 'tell', record.id),
    ],
  };
}

/** What usual times say of the rest; `undefined` when any of them isn't known yet. */
function leftOf(steps: readonly StepRecord[], now: number): string | undefined {
  const open = steps.filter((step) => step.state === 'todo' || step.state === 'doing');
  if (open.length === 0 || open.some((step) => step.usualSeconds === undefined)) return undefined;
  const seconds = open.reduce((sum, step) => {
    const spent = step.startedAt === undefined ? 0 : (now - step.startedAt) / 1000;
    return sum + Math.max(0, (step.usualSeconds ?? 0) - spent);
  }, 0);
  return duration(seconds * 1000);
}

/** The last word on an operation: the reply with its checklist before the rest. */
export function outcomeCard(
  record: OperationRecord,
  reply: Reply,
  now: number,
  more: readonly Action[],
): Reply {
  const checks = checksOf(record.steps, now);
  // The one line that a notification and a screen reader give.
  const took = record.startedAt === undefined ? '' : ` · ${duration(now - record.startedAt)}`;
  return {
    ...reply,
    summary: `${reply.summary}${took}`,
    parts: [
      ...(checks.length > 0 ? [{ kind: 'checklist', checks } as const] : []),
      ...reply.parts,
      note([`${record.caller.name} · ${record.command} · ${record.id}`]),
    ],
    actions: [...reply.actions, ...more],
  };
}

/** `41 s`, `4 m 12 s`, `1 h 5 m`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`;
}
