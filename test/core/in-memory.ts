import type { Caller } from '../../src/core/access/caller.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Answer } from '../../src/core/reply/answer.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import type { ProgressPublisher, Responder } from '../../src/core/surface.ts';
import type { AuditEvent, AuditLog } from '../../src/stores/audit.ts';
import type { Ended, Lock, LockName } from '../../src/stores/locks.ts';
import { type OperationRecord, readRecord, writeRecord } from '../../src/stores/operation-record.ts';
import type { Requests } from '../../src/stores/operations.ts';
import type { Stores } from '../../src/stores/stores.ts';

/** Time that passes only by sleeping in it. */
export function createFakeClock(
  start = new Date('2026-11-23T01:12:00Z'),
): Clock & { advance(ms: number): void } {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    async sleep(ms, signal) {
      // One turn of the loop, so that others run as well.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) throw signal.reason;
      now += ms;
    },
    advance(ms) {
      now += ms;
    },
  };
}

/** The stores' contract in memory: every write is compared with what stands there, values are copies. */
export function createMemory() {
  const operations = new Map<string, { json: string; rev: number; requests: Requests }>();
  const open = new Map<string, Set<string>>();
  const locks = new Map<string, Lock>();
  const ends = new Map<string, Ended>();
  const seen = new Set<string>();
  const replies = new Map<string, string>();
  const usual = new Map<string, Record<string, number[]>>();
  const keyOf = ({ env, resource }: LockName) => (resource === undefined ? env : `${env}/${resource}`);
  const stores: Stores = {
    operations: {
      async create(record) {
        if (operations.has(record.id)) throw new Error(`${record.id} exists`);
        operations.set(record.id, { json: writeRecord(record), rev: 1, requests: { tell: [] } });
        return 1;
      },
      async find(id) {
        const found = operations.get(id);
        return (
          found && {
            record: readRecord(found.json),
            rev: found.rev,
            requests: structuredClone(found.requests),
          }
        );
      },
      async save(record, rev) {
        const found = operations.get(record.id);
        if (!found || found.rev !== rev) return undefined;
        found.json = writeRecord(record);
        found.rev += 1;
        return found.rev;
      },
      async request(id, { cancel, tell, follow }) {
        const found = operations.get(id);
        if (!found || !['planned', 'running'].includes(readRecord(found.json).state)) return false;
        if (follow && found.requests.follow) return false;
        if (cancel) found.requests.cancel = cancel;
        if (tell && !found.requests.tell.some(({ id }) => id === tell.id)) found.requests.tell.push(tell);
        if (follow) found.requests.follow = follow;
        return true;
      },
      open: async (env, id) => void open.set(env, new Set([...(open.get(env) ?? []), id])),
      close: async (env, id) => void open.get(env)?.delete(id),
      listOpen: async (env) => [...(open.get(env) ?? [])],
    },
    locks: {
      async claim(name, lock, now) {
        const holder = locks.get(keyOf(name));
        // Asked again by the same owner, it stays won: its first answer may have been lost.
        if (
          holder &&
          holder.until > now &&
          (holder.operation !== lock.operation || holder.owner !== lock.owner)
        )
          return { won: false, holder: { ...holder } };
        locks.set(keyOf(name), { ...lock });
        return { won: true };
      },
      holder: async (name) => structuredClone(locks.get(keyOf(name))),
      async renew(name, lock, from) {
        const holder = locks.get(keyOf(name));
        if (holder?.operation !== lock.operation || holder.owner !== from) return false;
        locks.set(keyOf(name), { ...lock });
        return true;
      },
      async release(name, operation, ended) {
        if (locks.get(keyOf(name))?.operation === operation) locks.delete(keyOf(name));
        if (ended) ends.set(name.env, ended);
      },
      last: async (env) => structuredClone(ends.get(env)),
    },
    deduplication: {
      async first(key) {
        const isFirst = !seen.has(key);
        seen.add(key);
        return isFirst;
      },
    },
    replies: {
      keep: async (id, json) => void replies.set(id, json),
      find: async (id) => replies.get(id),
    },
    timings: {
      usual: async (env) => structuredClone(usual.get(env) ?? {}),
      async learn(env, step, seconds) {
        const known = usual.get(env) ?? {};
        known[step] = [...(known[step] ?? []), seconds].slice(-9);
        usual.set(env, known);
      },
    },
  };
  return {
    ...stores,
    records: (): OperationRecord[] => [...operations.values()].map(({ json }) => readRecord(json)),
    /** The names of all locks that are held, and the ids of all operations that are listed as open. */
    left: (): string[] => [...locks.keys(), ...[...open.values()].flatMap((ids) => [...ids])],
    /** Puts an operation there as some version of the bot wrote it. */
    put(id: string, json: string): void {
      operations.set(id, { json, rev: 1, requests: { tell: [] } });
    },
  };
}

/** Every store as `wrap` makes it: a fault, a death. */
export function wrapStores(
  { operations, locks, deduplication, replies, timings }: Stores,
  wrap: <T extends object>(part: T) => T,
): Stores {
  return {
    operations: wrap(operations),
    locks: wrap(locks),
    deduplication: wrap(deduplication),
    replies: wrap(replies),
    timings: wrap(timings),
  };
}

/** A progress that remembers what every message showed; `refuse` makes it unable to post. An operation's first message has its id as `ts`, later ones `<id>/2` and so on. */
export function createRecordingProgress() {
  /** By `ts`, in the order they were posted. */
  const shown = new Map<string, Answer[]>();
  const told: { answer: Answer; people: string[] }[] = [];
  const progress: ProgressPublisher & {
    refuse: boolean;
    shown: typeof shown;
    told: typeof told;
    /** Every message of the operation, what it showed in turn. */
    messages(id: string): Answer[][];
    /** The last words in the operation's latest message. */
    final(id: string): Answer[];
  } = {
    surface: 'slack',
    refuse: false,
    shown,
    told,
    messages: (id) => [...shown].flatMap(([ts, answers]) => (ts.split('/')[0] === id ? [answers] : [])),
    final: (id) => (progress.messages(id).at(-1) ?? []).filter(({ state }) => state !== 'working'),
    async open(operation, answer) {
      if (progress.refuse)
        throw new UserError('unavailable', 'The bot can’t post there.', { hint: 'Type /invite @d2 there.' });
      const before = progress.messages(operation.id).length;
      const ts = before === 0 ? operation.id : `${operation.id}/${before + 1}`;
      shown.set(ts, [answer]);
      return { channel: 'C0OPS', ts };
    },
    update: ({ ts }, answer) => void shown.get(ts)?.push(answer),
    async close({ ts }, answer) {
      shown.set(ts, [...(shown.get(ts) ?? []), answer]);
    },
    async tell(_, answer, people) {
      told.push({ answer, people: people.map(({ id }) => id) });
    },
    link: async ({ channel, ts }) => `https://d2-ops.slack.com/archives/${channel}/p${ts}`,
  };
  return progress;
}

/** A audit that remembers; `down` makes it refuse. */
export function createRecordingAudit(): AuditLog & { down: boolean; events: AuditEvent[] } {
  const events: AuditEvent[] = [];
  return {
    down: false,
    events,
    async record(event) {
      if (this.down) throw new UserError('unavailable', 'The audit trail can’t be written.');
      events.push(event);
    },
  };
}

/** What one person sees of one invocation. */
export function createListener(): Responder & { answers: Answer[]; last(): Answer } {
  const answers: Answer[] = [];
  return {
    place: 'C0OPS',
    answers,
    async answer(answer) {
      answers.push(answer);
    },
    last() {
      const answer = answers.at(-1);
      if (!answer) throw new Error('nothing was answered');
      return answer;
    },
  };
}

export const omar: Caller = { id: 'U0OMAR', name: 'omar', surface: 'slack' };
