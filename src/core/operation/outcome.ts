import type { Ended } from '../../stores/locks.ts';
import type { OperationRecord, OperationState } from '../../stores/operation-record.ts';
import type { BotContext } from '../context.ts';
import { type Action, invoke } from '../reply/actions.ts';
import { errorData, errorReply } from '../reply/error-reply.ts';
import { OutcomeUnknown, type UserError } from '../reply/errors.ts';
import { text } from '../reply/parts.ts';
import { createReply, nothingChanged, type Reply } from '../reply/reply.ts';
import { sentences } from '../reply/text.ts';
import type { Lease } from './lease.ts';
import { operationName, planOf } from './operation.ts';
import type { Plan } from './plan.ts';
import { Cancelled } from './step.ts';

/** How an operation ended, and the words for it. */
export interface Outcome {
  state: Exclude<OperationState, 'planned' | 'running'>;
  reply: Reply;
}

export function refused(error: UserError): Reply {
  return {
    title: `Not done: ${error.message}`,
    tone: 'bad',
    summary: `Not done: ${error.message}`,
    parts: [text(sentences(nothingChanged, error.hint))],
    actions: error.actions,
    error: errorData(error),
  };
}

export function interrupted<P>({ catalog }: BotContext<P>, record: OperationRecord): Outcome {
  const title = `${operationName(record)}: interrupted before anything was changed`;
  return {
    state: 'failed',
    reply: {
      title,
      tone: 'warn',
      summary: title,
      parts: [text(sentences('The bot was restarted in between.', nothingChanged))],
      actions: catalog.find(record.command) ? [invoke('Again', record.command, record.args)] : [],
      error: { code: 'unavailable', message: title },
    },
  };
}

/** What a thrown error makes of an operation: failed means that nothing was changed, partly that something was. */
export async function outcomeOf<P>(
  error: unknown,
  lease: Lease,
  { log, catalog }: BotContext<P>,
): Promise<Outcome> {
  const { record } = lease;
  // A step that was sent is a change, whatever came of it; one that AWS refused was unmarked.
  const changed = record.steps.some((step) => step.sent);
  const name = operationName(record);
  const forward: Action = invoke('Go on', record.command, record.args);
  if (error instanceof Cancelled) {
    const by = (await lease.requests()).cancel;
    const title = changed ? `${name}: cancelled, partly done` : `${name}: cancelled, nothing changed`;
    return {
      state: changed ? 'partly' : 'failed',
      reply: {
        title,
        tone: 'warn',
        summary: title,
        parts: [text(`Cancelled${by ? ` by ${by}` : ''}; the rest was not begun.`)],
        actions: [forward],
        error: { code: 'cancelled', message: title },
      },
    };
  }
  if (error instanceof OutcomeUnknown) {
    return unknown(catalog, record, error.message, 'Whether it happened could not be seen.');
  }
  const refusal = errorReply(error, record.id);
  if (refusal.bug) log.error({ operation: record.id, error }, 'a bug ended an operation');
  const title = changed ? `${name}: partly done` : `${name}: failed, nothing changed`;
  return {
    state: changed ? 'partly' : 'failed',
    reply: {
      title,
      tone: 'bad',
      summary: title,
      parts: [text(refusal.reply.title), ...refusal.reply.parts],
      actions: [forward, ...refusal.reply.actions],
      ...(refusal.reply.error && { error: refusal.reply.error }),
    },
  };
}

/** An operation of an older version, whose command this one does not have: it ends here, since nobody else will know it either. */
export const commandGone = <P>({ catalog }: BotContext<P>, record: OperationRecord): Outcome =>
  unknown(
    catalog,
    record,
    `This version of the bot has no command ${record.command} any more, so how far it came can’t be told.`,
  );

/** An operation that was interrupted and lost its lock: going on could undo what others did since. */
export const lockGone = <P>({ catalog }: BotContext<P>, record: OperationRecord): Outcome =>
  unknown(
    catalog,
    record,
    'It was interrupted and lost its lock, so others may have changed things since; it does not go on.',
  );

function unknown<P>(
  catalog: BotContext<P>['catalog'],
  record: OperationRecord,
  message: string,
  more?: string,
): Outcome {
  return {
    state: 'unknown',
    reply: createReply({
      title: `${operationName(record)}: outcome unknown`,
      tone: 'bad',
      parts: [text(message), text(sentences(more, 'Look how things stand before you do anything.'))],
      actions: catalog.button('overview', 'Status', { env: record.env }),
      error: { code: 'unknown', message },
    }),
  };
}

/** How an operation ended, for the environment's item; `undefined` while it has not. */
export function endedOf(record: OperationRecord): Ended | undefined {
  const { id, command, caller, state, endedAt } = record;
  if (endedAt === undefined) return undefined;
  const who = { id: caller.id, name: caller.name };
  return { operation: id, command, caller: who, state, did: didOf(record), at: endedAt };
}

/** `stopped rds in dev`, `tried to stop rds in dev, nothing changed`. */
function didOf(record: OperationRecord): string | undefined {
  // A plan that an older version made does not say it.
  const { did, question = '' }: Partial<Plan> = planOf(record);
  if (did === undefined) return undefined;
  const tried = `tried to ${question.charAt(0).toLowerCase()}${question.slice(1).replace(/\?$/, '')}`;
  switch (record.state) {
    case 'done':
      return did;
    case 'partly':
      return `partly ${did}`;
    case 'unknown':
      return `${tried}, outcome unknown`;
    default:
      return `${tried}, nothing changed`;
  }
}
