import type { AuditEvent } from '../../stores/audit.ts';
import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Caller } from '../access/caller.ts';
import { retry } from '../clock.ts';
import { environmentOf } from '../command/catalog.ts';
import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { redactDeep } from '../reply/redaction.ts';
import { type ChangeRequest, planOf } from './operation.ts';

type Recording<P> = Pick<BotContext<P>, 'audit' | 'clock' | 'log' | 'catalog'>;

/** Before the first step. Throws when the trail did not accept it: then nothing may be changed. */
export async function recordIntent<P>(
  { audit, clock }: Recording<P>,
  record: OperationRecord,
): Promise<void> {
  await audit.record(eventOf(record, 'intent', clock.now()));
}

/** After the last step, tried for a while; false when the trail did not accept it. */
export async function recordOutcome<P>(
  { audit, clock, log }: Recording<P>,
  record: OperationRecord,
  outcome: string,
  at: Date,
): Promise<boolean> {
  const event = record.takenOver > 0 ? 'reconciliation' : 'outcome';
  const recorded = await retry(clock, () => audit.record(eventOf(record, event, at, outcome)));
  if (!recorded) log.error({ operation: record.id }, 'the trail did not take the outcome');
  return recorded;
}

/** A change that was refused to somebody is worth a line, but its failing never hides the refusal. */
export async function recordRefusal<P>(
  { audit, clock, log, catalog }: Recording<P>,
  { id, command, args, caller }: Omit<ChangeRequest<P>, 'responder'>,
  error: unknown,
): Promise<void> {
  const event: AuditEvent = {
    event: 'refusal',
    operation: id,
    command: command.name,
    args,
    env: environmentOf(args, catalog),
    caller,
    at: clock.now().toISOString(),
    reason: error instanceof UserError ? error.message : 'unexpected fault',
  };
  await audit
    .record(redactDeep(event))
    .catch((fault: unknown) => log.warn({ fault }, 'a refusal was not recorded'));
}

/** Who asked a running operation to end early. It has been asked then: a trail that is down is logged. */
export async function recordCancel<P>(
  { audit, clock, log }: Recording<P>,
  { id, command, args, env }: OperationRecord,
  caller: Caller,
): Promise<void> {
  const at = clock.now().toISOString();
  const event: AuditEvent = { event: 'cancel', operation: id, command, args, env, caller, at };
  const recorded = await retry(clock, () => audit.record(redactDeep(event)), 2_000);
  if (!recorded) log.error({ operation: id, caller }, 'the trail did not take who cancelled');
}

function eventOf(
  record: OperationRecord,
  event: AuditEvent['event'],
  at: Date,
  outcome?: string,
): AuditEvent {
  const plan = planOf(record);
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
        ...(step.instance !== undefined && { instance: step.instance }),
        state: step.state,
        ...(step.startedAt !== undefined &&
          step.endedAt !== undefined && { seconds: Math.round((step.endedAt - step.startedAt) / 1000) }),
      })),
    }),
  });
}
