import { z } from 'zod';

export const operationStates = [
  'planned',
  'running',
  'done',
  'refused',
  'failed',
  'partly',
  'unknown',
] as const;
export type OperationState = (typeof operationStates)[number];

/** Schema version of stored items; a record of another version is refused for changes. */
export const schemaVersion = 1;

const person = z.object({ id: z.string(), name: z.string(), surface: z.enum(['slack', 'terminal']) });

const stepRecord = z.object({
  id: z.string(),
  title: z.string(),
  doing: z.string().optional(),
  state: z.enum(['todo', 'doing', 'done', 'already', 'failed', 'unknown', 'skipped']),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  usualSeconds: z.number().optional(),
  note: z.string().optional(),
  /** The mutation may have left us; written before it is sent. */
  sent: z.boolean().default(false),
});

/** An operation as the store locks it; times in ms since the epoch. */
export const operationRecord = z.object({
  v: z.literal(schemaVersion),
  id: z.string(),
  command: z.string(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  env: z.string(),
  caller: person,
  /** The plan as shown; opaque to the store. */
  plan: z.unknown(),
  fingerprint: z.string(),
  state: z.enum(operationStates),
  steps: z.array(stepRecord),
  /** Where it was asked: the surface's own words (a channel id). */
  asked: z.string(),
  /** The operation's message, once posted. */
  message: z.object({ channel: z.string(), ts: z.string() }).optional(),
  /** The trail accepted the intent. */
  intent: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** How often another process took it over. */
  takenOver: z.number().default(0),
  /** The final answer as JSON, kept until it is delivered. */
  outcome: z.string().optional(),
  delivered: z.boolean().default(false),
});

export type OperationRecord = z.infer<typeof operationRecord>;
export type StepRecord = z.infer<typeof stepRecord>;

/** What others asked of a running operation; kept beside the record so that they never collide with its owner. */
export interface Requests {
  /** Who asked to end after the current step. */
  cancel?: string;
  /** Slack ids to mention at the end. */
  tell: string[];
  /** The opposite, to begin once this ends: who asked. */
  follow?: { id: string; name: string };
}

/** Who locks an environment. */
export interface EnvironmentLock {
  operation: string;
  command: string;
  caller: { id: string; name: string };
  /** ms since the epoch. */
  since: number;
  owner: string;
  until: number;
}

/** What status tells of the last change. */
export interface Ended {
  operation: string;
  command: string;
  caller: { id: string; name: string };
  state: OperationState;
  /** ms since the epoch. */
  at: number;
}

/** Where operations live: single items, conditional writes, so that replicas agree. */
export interface OperationStore {
  /** Answers the record's first rev. */
  create(record: OperationRecord): Promise<number>;
  find(id: string): Promise<{ record: OperationRecord; rev: number; requests: Requests } | undefined>;
  /** Compare-and-set on `rev`; returns the new rev, or `undefined` when somebody else moved it. */
  save(record: OperationRecord, rev: number): Promise<number | undefined>;
  /** Adds a request to a planned or running operation, whoever owns it. `follow` is taken once: false when it already was. */
  request(
    id: string,
    change: { cancel?: string; tell?: string; follow?: { id: string; name: string } },
  ): Promise<boolean>;
  /** Claims the environment; answers the holder instead where it is held and not expired. */
  claim(
    env: string,
    lock: EnvironmentLock,
    now: number,
  ): Promise<{ won: true } | { won: false; holder: EnvironmentLock }>;
  /** Whoever locks it, even when the lease ran out: then the operation waits to be taken over. */
  holder(env: string): Promise<EnvironmentLock | undefined>;
  /** The last operation that ended there. */
  last(env: string): Promise<Ended | undefined>;
  /** Extends or takes over: succeeds only while the stored owner is `from`. */
  renew(env: string, lock: EnvironmentLock, from: string): Promise<boolean>;
  /** Frees the environment if this operation locks it, and notes how it ended, if it began. */
  release(env: string, operation: string, ended?: Ended): Promise<void>;
  /** True for the first to say this key within ten minutes. */
  first(key: string): Promise<boolean>;
  /** Answers kept for Share and Details, ten minutes; already redacted JSON. */
  keepReply(id: string, json: string): Promise<void>;
  findReply(id: string): Promise<string | undefined>;
  /** Seconds that steps took of late, newest last, by step id. */
  usual(env: string): Promise<Record<string, number[]>>;
  learn(env: string, step: string, seconds: number): Promise<void>;
}

/** The audit trail: append-only; resolves only once the event was accepted. */
export interface AuditLog {
  record(event: AuditEvent): Promise<void>;
}

export interface AuditEvent {
  event: 'intent' | 'outcome' | 'refusal' | 'reconciliation';
  operation: string;
  command: string;
  args: OperationRecord['args'];
  env: string;
  caller: { id: string; name: string; surface: string };
  at: string;
  outcome?: string;
  targets?: readonly string[];
  calls?: readonly string[];
  steps?: readonly { title: string; state: string; seconds?: number }[];
  reason?: string;
}

/** How an operation ended, for the environment's item; `undefined` while it has not. */
export function endedOf({ id, command, caller, state, endedAt }: OperationRecord): Ended | undefined {
  if (endedAt === undefined) return undefined;
  return { operation: id, command, caller: { id: caller.id, name: caller.name }, state, at: endedAt };
}
