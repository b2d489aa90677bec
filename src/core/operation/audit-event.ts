import type { OperationRecord, TrailEvent } from './record.ts';
import type { Plan } from './plan.ts';
import { redactDeep } from '../reply/redaction.ts';

/** An operation's line in the audit trail, redacted. */
export function trailEvent(
  record: OperationRecord,
  plan: Plan,
  event: TrailEvent['event'],
  at: Date,
  outcome?: string,
): TrailEvent {
  return redactDeep({
    event,
    operation: record.id,
    command: record.command,
    args: record.args,
    env: record.env,
    caller: record.caller,
    at: at.toISOString(),
    targets: plan.targets.map((target) => target.id),
    calls: plan.calls,
    ...(outcome !== undefined && {
      outcome,
      steps: record.steps.map((step) => ({
        title: step.title,
        state: step.state,
        ...(step.startedAt !== undefined &&
          step.endedAt !== undefined && { seconds: Math.round((step.endedAt - step.startedAt) / 1000) }),
      })),
    }),
  });
}
