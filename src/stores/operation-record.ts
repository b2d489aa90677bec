import { z } from 'zod';
import { UserError } from '../core/reply/errors.ts';

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

const caller = z.object({ id: z.string(), name: z.string(), surface: z.enum(['slack', 'terminal']) });

const stepRecord = z.object({
  id: z.string(),
  title: z.string(),
  doing: z.string().optional(),
  /** The instance that it acts on, as people call it. */
  instance: z.string().optional(),
  state: z.enum(['todo', 'doing', 'done', 'already', 'failed', 'unknown', 'skipped']),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  usualSeconds: z.number().optional(),
  note: z.string().optional(),
  /** The mutation may have left us; written before it is sent. */
  sent: z.boolean().default(false),
  /** Since when it has been looked for, because its answer was lost. */
  lookingSince: z.number().optional(),
});

const operationRecord = z.object({
  id: z.string(),
  command: z.string(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  env: z.string(),
  /** What it locks while it runs. */
  lock: z.object({ env: z.string(), resource: z.string().optional() }),
  caller,
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
  /** The outcome stands where the operation lives; whoever else is owed something is in `told` and `followed`. */
  delivered: z.boolean().default(false),
  /** Until when it is one process's to deliver it, and nobody else's. */
  deliveryUntil: z.number().optional(),
  /** Ids of the people who were told. */
  told: z.array(z.string()).default([]),
  /** The operation that was made of what was asked to follow. */
  next: z.string().optional(),
  /** What was asked to follow has begun, or its refusal was told. */
  followed: z.boolean().default(false),
});

/** An operation as the store holds it; times in ms since the epoch. */
export type OperationRecord = z.infer<typeof operationRecord>;
export type StepRecord = z.infer<typeof stepRecord>;

type Document = Readonly<Record<string, unknown>>;

/** From each version of a stored record to the next: a new version adds its line, and old records are never refused. */
const upgrades: readonly ((old: Document) => Document)[] = [
  // 1 → 2: an operation locked its whole environment.
  (old) => ({ ...old, lock: { env: old.env } }),
  // 2 → 3: an outcome was delivered together with all that hung on it.
  (old) => ({ ...old, followed: old.delivered === true }),
];

/** The version that `writeRecord` writes. */
export const recordVersion = upgrades.length + 1;

export const writeRecord = (record: OperationRecord): string =>
  JSON.stringify({ v: recordVersion, ...record });

/** A stored record of this or any older version. Throws `UserError` conflict for a newer one, which may mean what we can't know. */
export function readRecord(json: string): OperationRecord {
  const { v, ...stored } = z.looseObject({ v: z.number().int().min(1) }).parse(JSON.parse(json));
  if (v > recordVersion) throw newerVersion(`Operation ${String(stored.id)}`);
  return operationRecord.parse(
    upgrades.slice(v - 1).reduce<Document>((record, upgrade) => upgrade(record), stored),
  );
}

export const newerVersion = (what: string): UserError =>
  new UserError('conflict', `${what} was written by a newer version of the bot.`, {
    hint: 'Update this bot, then try again.',
  });
