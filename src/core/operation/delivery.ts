import type { OperationRecord } from '../../stores/operation-record.ts';
import type { Requester, Requests } from '../../stores/operations.ts';
import type { Clock } from '../clock.ts';
import type { BotContext } from '../context.ts';
import type { Answer } from '../reply/answer.ts';
import { reviveReply } from '../reply/stored-reply.ts';
import { stepData } from './cards.ts';
import { createLease, createLock, graceMs, type Lease, LeaseLost, leaseMs } from './lease.ts';
import type { StoredOperation } from './operation.ts';

/** How long one process alone delivers an outcome; it says so again while it is at it. */
const claimMs = leaseMs + graceMs;
/** An operation that took longer than this mentions its caller: they may look elsewhere by now. */
const longMs = 60_000;

export const claimFrom = (now: number): Pick<OperationRecord, 'deliveryUntil'> => ({
  deliveryUntil: now + claimMs,
});

/** Makes an ended operation's delivery this process's own for a minute; `undefined` while it is another's. */
export async function claimDelivery<P>(
  bot: BotContext<P>,
  { record, rev }: StoredOperation,
): Promise<Lease | undefined> {
  const now = bot.clock.now().getTime();
  const { caller, endedAt = 0, deliveryUntil = endedAt + claimMs } = record;
  if (now < deliveryUntil) return undefined;
  Object.assign(record, claimFrom(now));
  const claimed = await bot.stores.operations.save(record, rev);
  if (claimed === undefined) return undefined;
  return createLease(bot.stores, record, claimed, createLock(bot, record, { caller, since: now }));
}

/** Whether nothing of an ended operation is owed to anybody, on any surface. */
export const isSettled = (record: OperationRecord, { tell, follow }: Requests): boolean =>
  record.delivered && untold(record, tell).length === 0 && (!follow || record.followed);

/** Whether a process of this surface has something to show or to tell. */
export const isDue = (record: OperationRecord, { tell }: Requests, surface: Requester['surface']): boolean =>
  !record.delivered || untold(record, tell).some((person) => person.surface === surface);

const untold = ({ told }: OperationRecord, people: readonly Requester[]): Requester[] =>
  people.filter(({ id }) => !told.includes(id));

/** Puts the outcome where the operation's message is, `otherwise` where it has none, and tells who wants to know on this surface. Throws what could not be delivered: it waits in the store. */
export async function deliver<P>(
  lease: Lease,
  { stores, progress, clock }: BotContext<P>,
  otherwise: (answer: Answer) => Promise<void>,
): Promise<void> {
  const { record } = lease;
  if (record.outcome === undefined || record.endedAt === undefined) return;
  const state = record.state === 'planned' || record.state === 'running' ? 'unknown' : record.state;
  const reply = reviveReply(record.outcome);
  const answer: Answer = { id: record.id, state, reply, steps: stepData(record) };
  if (!record.delivered) {
    const { message } = record;
    await claimed(lease, clock, () => (message ? progress.close(message, answer) : otherwise(answer)));
  }
  const { tell } = (await stores.operations.find(record.id))?.requests ?? { tell: [] };
  const people = peopleOf(record, tell, progress.surface);
  if (people.length > 0) {
    // Only who holds the claim at this moment mentions anybody.
    await lease.write((one) => void Object.assign(one, claimFrom(clock.now().getTime())));
    await progress.tell(
      record,
      { ...answer, reply: { ...reply, title: reply.summary, parts: [], details: [], actions: [] } },
      people,
    );
  }
  await lease.write((one) => {
    one.delivered = true;
    one.told = [...one.told, ...people.map(({ id }) => id)];
    one.deliveryUntil = 0;
  });
}

/** For an outcome that has no message and whose caller waits no more: it gets one. */
export const anew =
  <P>(lease: Lease, { progress }: BotContext<P>) =>
  async (answer: Answer): Promise<void> => {
    lease.record.message = await progress.open(lease.record, answer);
  };

/** Whom this surface tells, each once: who asked for it, and at the first delivery the caller of what took long. */
function peopleOf(
  record: OperationRecord,
  tell: readonly Requester[],
  surface: Requester['surface'],
): Requester[] {
  const { caller, asked, delivered, endedAt = 0, startedAt, createdAt } = record;
  const isLong = !delivered && endedAt - (startedAt ?? createdAt) > longMs;
  const people = [...(isLong ? [{ ...caller, place: asked }] : []), ...untold(record, tell)];
  const here = people.filter((person) => person.surface === surface);
  return [...new Map(here.map((person) => [person.id, person])).values()];
}

/** Keeps the claim while something is under way: a surface that is down is tried for minutes. */
async function claimed(lease: Lease, clock: Clock, act: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const renewals = (async () => {
    while (!over.signal.aborted) {
      try {
        await clock.sleep(claimMs / 4, over.signal);
        await lease.write((one) => void Object.assign(one, claimFrom(clock.now().getTime())));
      } catch (error) {
        if (error instanceof LeaseLost) return;
      }
    }
  })();
  try {
    await act();
  } finally {
    over.abort();
    await renewals;
  }
}
