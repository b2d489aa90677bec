import type { OperationRecord } from '../../stores/operation-record.ts';
import { authorize } from '../access/authorize.ts';
import type { Caller } from '../access/caller.ts';
import type { Confirmation } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import { errorReply } from '../reply/error-reply.ts';
import { UserError } from '../reply/errors.ts';
import { redactDeep } from '../reply/redaction.ts';
import type { Answer } from '../reply/reply.ts';
import { answerBusy } from './busy.ts';
import { planCard } from './cards.ts';
import { launch } from './launch.ts';
import { type ChangeRequest, commandOf, environmentOf, fingerprintOf, makePlan } from './planning.ts';

const confirmableMs = 10 * 60_000;

/** A change's first half: who, what stands in its way, the plan, and either its card or its run. */
export async function requestChange<P>(bot: BotContext<P>, asked: ChangeRequest<P>): Promise<void> {
  const { id, command, args, caller, responder } = asked;
  const env = environmentOf(args, bot);
  try {
    await authorize(bot.roleDirectory, caller, { command: command.name, role: command.role, env }, 'live');
  } catch (error) {
    await noteRefusal(bot, asked, env, error);
    throw error;
  }
  const confirmation: Confirmation = bot.protectedEnvironments.includes(env) ? 'second' : command.confirm;
  if (confirmation === 'second') {
    throw new UserError(
      'unavailable',
      `Not done: ${command.name} in ${env} needs a second person’s approval, which this bot can’t take yet.`,
      {
        hint: 'Nothing was changed. Until then this one is done by hand, by the guide.',
      },
    );
  }
  if (await answerBusy(bot, asked, env)) return;
  const plan = await makePlan(bot, asked);
  if (plan.nothing) {
    await responder.answer({ id, state: 'done', reply: redactDeep(plan.nothing) });
    return;
  }
  const now = bot.clock.now().getTime();
  const record: OperationRecord = {
    id,
    command: command.name,
    args,
    env,
    lock: { env },
    caller,
    plan,
    fingerprint: fingerprintOf(command.name, args, plan),
    state: 'planned',
    steps: plan.steps.map((step) => ({ ...step, state: 'todo', sent: false })),
    asked: responder.place,
    intent: false,
    createdAt: now,
    expiresAt: now + confirmableMs,
    takenOver: 0,
    delivered: false,
  };
  const rev = await bot.stores.operations.create(record);
  if (confirmation === 'self') {
    await responder.answer({ id, state: 'waiting', reply: redactDeep(planCard(record, plan)) });
    return;
  }
  if (await launch(bot, command, record, rev, caller, responder)) {
    await beginFollowUp(bot, record, responder.place);
  }
}

/** Begins the opposite that somebody asked for meanwhile, as if they asked now; they are answered in the thread of the first. */
export async function beginFollowUp<P>(
  bot: BotContext<P>,
  record: OperationRecord,
  place: string,
): Promise<void> {
  const queued = (await bot.stores.operations.find(record.id))?.requests.follow;
  const inverse = commandOf(bot, record).inverse;
  const entry = inverse === undefined ? undefined : bot.catalog.find(inverse);
  if (!queued || entry?.command.kind !== 'change' || record.state === 'refused') return;
  const caller: Caller = { id: queued.id, name: queued.name, surface: record.caller.surface };
  const id = bot.newId();
  bot.log.info({ operation: record.id, next: id }, 'beginning what was queued');
  const answer = async ({ state, reply }: Answer) => {
    if (record.message)
      await bot.progress.tell(record.message, { id: record.id, state, reply }, [
        { kind: 'person', id: queued.id, name: queued.name, mention: true },
      ]);
  };
  await requestChange(bot, {
    id,
    command: entry.command,
    args: record.args,
    caller,
    responder: { place, answer },
    signal: AbortSignal.timeout(60_000),
  })
    .catch(async (error: unknown) => {
      bot.log.warn({ operation: record.id, error }, 'what was queued did not begin');
      const { state, reply } = errorReply(error, id);
      await answer({ id, state, reply: redactDeep(reply) });
    })
    .catch((error: unknown) =>
      bot.log.warn({ operation: record.id, error }, 'what became of the queued change was not told'),
    );
}

/** A refused change is worth a line in the trail, but its failing never hides the refusal. */
async function noteRefusal<P>(
  bot: BotContext<P>,
  { id, command, args, caller }: ChangeRequest<P>,
  env: string,
  error: unknown,
): Promise<void> {
  const reason = error instanceof UserError ? error.message : 'unexpected fault';
  const at = bot.clock.now().toISOString();
  await bot.audit
    .record(
      redactDeep({ event: 'refusal', operation: id, command: command.name, args, env, caller, at, reason }),
    )
    .catch((fault: unknown) => bot.log.warn({ fault }, 'a refusal was not recorded'));
}
