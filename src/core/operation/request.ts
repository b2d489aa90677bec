import { authorize } from '../access/authorize.ts';
import type { Caller } from '../access/caller.ts';
import { planCard } from './cards.ts';
import { answerTheBusy } from './busy.ts';
import { launch } from './launch.ts';
import { type Asked, commandOf, environmentOf, fingerprintOf, makePlan } from './planning.ts';
import type { Confirmation } from '../command/command.ts';
import { UserError } from '../reply/errors.ts';
import type { House } from '../context.ts';
import { type OperationRecord, schemaVersion } from './record.ts';
import { redactDeep } from '../reply/redaction.ts';
import { refusalOf } from '../reply/error-reply.ts';
import type { Answer } from '../reply/reply.ts';

const confirmableMs = 10 * 60_000;

/** A change's first half: who, what stands in its way, the plan, and either its card or its run. */
export async function requestChange<P>(house: House<P>, asked: Asked<P>): Promise<void> {
  const { id, command, args, caller, conversation } = asked;
  const env = environmentOf(args, house);
  try {
    await authorize(house.roster, caller, { command: command.name, role: command.role, env }, 'live');
  } catch (error) {
    await noteRefusal(house, asked, env, error);
    throw error;
  }
  const confirmation: Confirmation = house.protectedEnvironments.includes(env) ? 'second' : command.confirm;
  if (confirmation === 'second') {
    throw new UserError(
      'unavailable',
      `Not done: ${command.name} in ${env} needs a second person’s approval, which this bot can’t take yet.`,
      {
        hint: 'Nothing was changed. Until then this one is done by hand, by the guide.',
      },
    );
  }
  if (await answerTheBusy(house, asked, env)) return;
  const plan = await makePlan(house, asked);
  if (plan.nothing) {
    await conversation.answer({ id, state: 'done', reply: redactDeep(plan.nothing) });
    return;
  }
  const now = house.clock.now().getTime();
  const record: OperationRecord = {
    v: schemaVersion,
    id,
    command: command.name,
    args,
    env,
    caller,
    plan,
    fingerprint: fingerprintOf(command.name, args, plan),
    state: 'planned',
    steps: plan.steps.map((step) => ({ ...step, state: 'todo', sent: false })),
    asked: conversation.place,
    intent: false,
    createdAt: now,
    expiresAt: now + confirmableMs,
    takenOver: 0,
    delivered: false,
  };
  const rev = await house.operations.create(record);
  if (confirmation === 'self') {
    await conversation.answer({ id, state: 'waiting', reply: redactDeep(planCard(record, plan)) });
    return;
  }
  if (await launch(house, command, record, rev, caller, conversation)) {
    await beginWhatWasQueued(house, record, conversation.place);
  }
}

/** Begins the opposite that somebody asked for meanwhile, as if they asked now; they are answered in the thread of the first. */
export async function beginWhatWasQueued<P>(
  house: House<P>,
  record: OperationRecord,
  place: string,
): Promise<void> {
  const queued = (await house.operations.find(record.id))?.requests.follow;
  const inverse = commandOf(house, record).inverse;
  const entry = inverse === undefined ? undefined : house.registry.find(inverse);
  if (!queued || entry?.command.kind !== 'change' || record.state === 'refused') return;
  const caller: Caller = { id: queued.id, name: queued.name, surface: record.caller.surface };
  const id = house.newId();
  house.log.info({ operation: record.id, next: id }, 'beginning what was queued');
  const answer = async ({ state, reply }: Answer) => {
    if (record.message)
      await house.board.tell(record.message, { id: record.id, state, reply }, [
        { kind: 'person', id: queued.id, name: queued.name, mention: true },
      ]);
  };
  await requestChange(house, {
    id,
    command: entry.command,
    args: record.args,
    caller,
    conversation: { place, answer },
    signal: AbortSignal.timeout(60_000),
  })
    .catch(async (error: unknown) => {
      house.log.warn({ operation: record.id, error }, 'what was queued did not begin');
      const { state, reply } = refusalOf(error, id);
      await answer({ id, state, reply: redactDeep(reply) });
    })
    .catch((error: unknown) =>
      house.log.warn({ operation: record.id, error }, 'what became of the queued change was not told'),
    );
}

/** A refused change is worth a line in the trail, but its failing never hides the refusal. */
async function noteRefusal<P>(
  house: House<P>,
  { id, command, args, caller }: Asked<P>,
  env: string,
  error: unknown,
): Promise<void> {
  const reason = error instanceof UserError ? error.message : 'unexpected fault';
  const at = house.clock.now().toISOString();
  await house.trail
    .record(
      redactDeep({ event: 'refusal', operation: id, command: command.name, args, env, caller, at, reason }),
    )
    .catch((fault: unknown) => house.log.warn({ fault }, 'a refusal was not recorded'));
}
