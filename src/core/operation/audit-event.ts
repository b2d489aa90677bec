import type { AuditEvent } from '../../stores/audit.ts';
import type { OperationRecord } from '../../stores/operation-record.ts';
import { redactDeep } from '../reply/redaction.ts';
import type { Plan } from './plan.ts';

/** An operation's line in the audit trail, redacted. */
export function auditEvent(
  record: OperationRecord,
  plan: Plan,
  event: AuditEvent['event'],
  at: Date,
  outcome?: string,
): AuditEvent {
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
