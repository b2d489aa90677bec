import { createHash } from 'node:crypto';
import { authorize } from './authorize.ts';
import type { Caller } from './caller.ts';
import { planCard, spell } from './cards.ts';
import type { ChangeCommand, Confirmation } from './command.ts';
import type { Conversation } from './conversation.ts';
import { reviveReply } from './deliver.ts';
import { UserError } from './errors.ts';
import type { House } from './house.ts';
import { type Hold, type OperationRecord, schemaVersion } from './operation.ts';
import type { Plan } from './plan.ts';
import { redactDeep } from './redact.ts';
import { type Action, type Invocation, invoke, move, type Reply, type Span, text } from './reply.ts';
import { runOperation } from './run-operation.ts';
import { leaseMs } from './tenure.ts';

const confirmableMs = 10 * 60_000;

interface Asked<P> {
  id: string;
  command: ChangeCommand<P>;
  args: Invocation['args'];
  caller: Caller;
  conversation: Conversation;
  signal: AbortSignal;
}

export const environmentOf = <P>(args: Invocation['args'], house: Pick<House<P>, 'book'>): string =>
  String(args.env ?? house.book.vocabulary.defaultEnvironment);

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
  await launch(house, command, record, rev, caller, conversation);
}

/** The second half of a change that waited for its caller's yes: checked again at the click, used once. */
export async function confirmChange<P>(
  house: House<P>,
  id: string,
  caller: Caller,
  conversation: Conversation,
  signal: AbortSignal,
): Promise<void> {
  const { record, rev } = await findOperation(house, id);
  const command = commandOf(house, record);
  await authorize(
    house.roster,
    caller,
    { command: record.command, role: command.role, env: record.env },
    'live',
  );
  if (caller.id !== record.caller.id) {
    throw new UserError('forbidden', `Not done: this card is ${record.caller.name}’s to confirm.`, {
      hint: 'Ask for it yourself: you get your own card.',
      actions: [invoke(`${record.command} ${record.env}`, record.command, record.args)],
    });
  }
  if (record.state !== 'planned')
    throw new UserError('conflict', `This card was used already: the operation is ${record.state}.`, {
      hint: 'See status for how things stand.',
    });
  const again = invoke('Plan again', record.command, record.args);
  if (house.clock.now().getTime() > record.expiresAt) {
    throw new UserError('conflict', 'This card is older than ten minutes, so nothing was done.', {
      hint: 'Plan it again: things may have changed.',
      actions: [again],
    });
  }
  const asked = { id, command, args: record.args, caller, conversation, signal };
  const plan = await makePlan(house, asked);
  if (plan.nothing || fingerprintOf(record.command, record.args, plan) !== record.fingerprint) {
    throw new UserError('conflict', 'Things have changed since this card was made, so nothing was done.', {
      hint: 'Plan it again and look at what is different.',
      actions: [again],
    });
  }
  await launch(house, command, record, rev, caller, conversation);
}

/** Takes the card back: nothing is done. */
export async function dismissChange<P>(
  house: House<P>,
  id: string,
  caller: Caller,
  conversation: Conversation,
): Promise<void> {
  const { record, rev } = await findOperation(house, id);
  if (record.state !== 'planned')
    throw new UserError('conflict', `Too late to take back: the operation is ${record.state}.`, {
      actions: [invoke('Status', 'status', { env: record.env })],
    });
  if (caller.id !== record.caller.id)
    throw new UserError('forbidden', `This card is ${record.caller.name}’s.`);
  record.state = 'refused';
  if ((await house.operations.save(record, rev)) === undefined)
    throw new UserError('conflict', 'Somebody was faster; see status.');
  const title = `Not done: ${record.command} ${record.env} was taken back`;
  await conversation.answer({
    id,
    state: 'refused',
    reply: { title, tone: 'info', summary: title, parts: [text('Nothing was changed.')], actions: [] },
  });
}

async function launch<P>(
  house: House<P>,
  command: ChangeCommand<P>,
  record: OperationRecord,
  rev: number,
  caller: Caller,
  conversation: Conversation,
): Promise<void> {
  const now = house.clock.now().getTime();
  const hold: Hold = {
    operation: record.id,
    command: record.command,
    caller: { id: caller.id, name: caller.name },
    since: now,
    owner: house.owner,
    until: now + leaseMs,
  };
  // `now` 0: a lease that ran out is not free, its operation waits to be taken over.
  const claim = await house.operations.claim(record.env, hold, 0);
  if (!claim.won) {
    if (claim.holder.operation === record.id)
      throw new UserError('conflict', 'This card was used already.', {
        hint: 'Its message shows how it goes.',
      });
    throw busy(claim.holder, record.env, now);
  }
  record.state = 'running';
  record.startedAt = now;
  const next = await house.operations.save(record, rev);
  if (next === undefined) {
    await house.operations.release(record.env, record.id);
    throw new UserError('conflict', 'This card was used already.', {
      hint: 'Its message shows how it goes.',
    });
  }
  const state = await runOperation({
    house,
    command,
    record,
    rev: next,
    hold,
    caller,
    posted: () => pointTo(house, record, conversation),
  });
  if (state === undefined) return;
  if (!record.message && record.outcome !== undefined)
    await conversation.answer({ id: record.id, state, reply: reviveReply(record.outcome) });
  await beginWhatWasQueued(house, record, conversation);
}

/** Tells the caller where the operation's message is, in place of the card. */
async function pointTo<P>(
  house: House<P>,
  record: OperationRecord,
  conversation: Conversation,
): Promise<void> {
  const link = record?.message && (await house.board.link(record.message));
  if (link === undefined) return;
  const title = `${(record.plan as Plan).doing}`;
  const where: Span[] = ['Its ', { kind: 'link', url: link, label: 'message' }, ' shows how it goes.'];
  await conversation.answer({
    id: record.id,
    state: 'done',
    reply: { title, tone: 'info', summary: title, parts: [text(where)], actions: [] },
  });
}

async function beginWhatWasQueued<P>(
  house: House<P>,
  record: OperationRecord,
  conversation: Conversation,
): Promise<void> {
  const queued = (await house.operations.find(record.id))?.requests.follow;
  const inverse = commandOf(house, record).inverse;
  const entry = inverse === undefined ? undefined : house.registry.find(inverse);
  if (!queued || entry?.command.kind !== 'change' || record.state === 'refused') return;
  const caller: Caller = { id: queued.id, name: queued.name, surface: record.caller.surface };
  const id = house.newId();
  house.log.info({ operation: record.id, next: id }, 'beginning what was queued');
  // Whoever queued it sees the operation's own message; a refusal is told in the thread of the first.
  await requestChange(house, {
    id,
    command: entry.command,
    args: record.args,
    caller,
    conversation: { place: conversation.place, answer: async () => undefined },
    signal: AbortSignal.timeout(60_000),
  }).catch(async (error: unknown) => {
    house.log.warn({ operation: record.id, error }, 'what was queued did not begin');
    const sentence = error instanceof UserError ? error.message : 'an unexpected fault';
    if (record.message) {
      await house.board.tell(
        record.message,
        {
          id: record.id,
          state: 'failed',
          reply: {
            title: `Then ${inverse} ${record.env}: ${sentence}`,
            tone: 'bad',
            summary: sentence,
            parts: [],
            actions: [],
          },
        },
        [{ kind: 'person', id: queued.id, name: queued.name, mention: true }],
      );
    }
  });
}

/** Somebody changes this environment now: the same is joined, the opposite is offered, anything else waits. True when answered. */
async function answerTheBusy<P>(
  house: House<P>,
  { id, command, caller, conversation }: Asked<P>,
  env: string,
): Promise<boolean> {
  const holder = await house.operations.holder(env);
  if (!holder) return false;
  const now = house.clock.now().getTime();
  const running = house.registry.find(holder.command)?.command;
  const record = (await house.operations.find(holder.operation))?.record;
  const link = record?.message && (await house.board.link(record.message));
  const since = spell(now - holder.since);
  const live: Span[] =
    link === undefined ? [] : [' ', { kind: 'link', url: link, label: 'See how it goes' }, '.'];
  const actions: Action[] = [move('Tell me', 'tell', holder.operation)];
  const opposite = running?.kind === 'change' && running.inverse === command.name;
  if (holder.command !== command.name && !opposite) throw busy(holder, env, now);
  if (opposite && command.confirm === 'none')
    actions.unshift(move(`Then ${command.name} it`, 'follow', holder.operation, 'primary'));
  const title = opposite
    ? `Not yet: ${holder.command} ${env} is under way`
    : `${holder.command} ${env} is under way already`;
  const reply: Reply = {
    title,
    tone: 'info',
    summary: title,
    parts: [
      text([
        `${holder.caller.id === caller.id ? 'You' : holder.caller.name} began it ${since} ago.`,
        ...live,
        ' Nothing was done for you.',
      ]),
    ],
    actions,
  };
  await conversation.answer({ id, state: 'refused', reply });
  return true;
}

function busy(holder: Hold, env: string, now: number): UserError {
  return new UserError(
    'conflict',
    `Not done: ${env} is held by ${holder.caller.name}’s ${holder.command}, since ${spell(now - holder.since)}.`,
    {
      hint: 'One environment, one change at a time. Try again when it ends.',
      actions: [move('Tell me', 'tell', holder.operation), invoke('Status', 'status', { env })],
    },
  );
}

async function makePlan<P>(house: House<P>, { command, args, caller, signal }: Asked<P>): Promise<Plan> {
  const plan = await command.plan({ args, ports: house.ports, caller, signal });
  const own = plan.targets.find((target) => target.service === 'chatops' || target.id === house.selfInstance);
  if (own)
    throw new UserError('forbidden', `Not done: ${own.name} is what this bot runs on.`, {
      hint: 'Do that from a laptop, by the guide.',
    });
  return plan;
}

/** Same command, same targets in the same states: what a confirmation is bound to. */
function fingerprintOf(command: string, args: Invocation['args'], plan: Plan): string {
  const facts = plan.targets.map(({ kind, id, verb, state }) => [kind, id, verb, state]);
  return createHash('sha256')
    .update(JSON.stringify([command, Object.entries(args).sort(), facts]))
    .digest('hex');
}

export async function findOperation<P>(house: House<P>, id: string) {
  const found = await house.operations.find(id);
  if (!found)
    throw new UserError('not-found', 'That operation is not on record any more.', {
      hint: 'Ask for it anew.',
    });
  return found;
}

export function commandOf<P>(house: House<P>, record: OperationRecord): ChangeCommand<P> {
  const command = house.registry.find(record.command)?.command;
  if (command?.kind === 'change') return command;
  throw new UserError('conflict', `This bot has no ${record.command} any more.`);
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
