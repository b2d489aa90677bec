import { z } from 'zod';
import { UserError } from '../../core/reply/errors.ts';
import { code } from '../../core/reply/text.ts';
import type { Process, ProcessState } from '../../platform/instances.ts';

// What the documents under infra/terraform/modules/ssm-documents print: one line of JSON each.

const process = z.object({
  name: z.string(),
  id: z.number(),
  // A process that isn't running has none.
  pid: z
    .number()
    .nullable()
    .transform((pid) => pid ?? 0),
  status: z.string(),
  startedAt: z
    .number()
    .nullable()
    .transform((at) => at ?? 0),
  lastStart: z.number().nullable(),
  lastLine: z.number().nullable(),
  restarts: z.number(),
  unstableRestarts: z.number(),
  crashes: z.number(),
  cpu: z.number(),
  memory: z.number(),
  version: z
    .string()
    .nullable()
    .transform((version) => version ?? ''),
  mode: z.string(),
  instances: z.number(),
  cwd: z.string(),
  script: z.string(),
  node: z
    .string()
    .nullable()
    .transform((node) => node ?? ''),
  outLog: z
    .string()
    .nullable()
    .transform((path) => path ?? ''),
  errLog: z
    .string()
    .nullable()
    .transform((path) => path ?? ''),
  port: z.number().nullable(),
  release: z.string().nullable(),
}) satisfies z.ZodType<Process>;

const processState = process.pick({
  id: true,
  pid: true,
  status: true,
  startedAt: true,
  restarts: true,
}) satisfies z.ZodType<ProcessState>;

export const listOutput = z.object({
  homes: z.array(
    z.object({
      home: z.string(),
      owner: z
        .string()
        .nullable()
        .transform((owner) => owner ?? ''),
      state: z.string(),
      processes: z.array(process),
    }),
  ),
});

export const healthOutput = z.object({
  service: z.string(),
  port: z.number().nullable(),
  httpStatus: z.number().nullable(),
  latencyMs: z.number().nullable(),
  body: z.string().nullable(),
  copies: z.array(z.object({ home: z.string(), statuses: z.array(z.string()) })),
  error: z.string().nullish(),
  known: z.array(z.string()).optional(),
});

export const verbOutput = z.object({
  service: z.string(),
  home: z.string(),
  before: z.array(processState),
  after: z.array(processState),
  saved: z.boolean(),
  error: z.string().nullish(),
});

export const saveOutput = z.object({
  homes: z.array(z.object({ home: z.string(), state: z.string(), saved: z.number() })),
});

export const flushOutput = z.object({
  service: z.string(),
  home: z.string(),
  flushed: z.array(z.string()),
  bytes: z.number(),
  error: z.string().nullish(),
});

export const logsOutput = z.object({
  service: z.string(),
  // A log file outlives its process in PM2.
  home: z.string().nullable(),
  stream: z.enum(['out', 'err']),
  files: z.array(
    z.object({
      path: z.string(),
      worker: z.number().nullable(),
      lines: z.array(z.string()),
      truncated: z.boolean(),
      writtenAt: z.number().nullable(),
      unread: z.string().nullable(),
    }),
  ),
  error: z.string().nullish(),
});

/** Documents give this instead where they could not begin. */
const refusal = z.object({
  error: z.string(),
  known: z.array(z.string()).optional(),
  /** PM2 homes. */
  where: z.array(z.string()).optional(),
});

/** What stdout said is not what this version of the bot expects. */
export class UnreadableOutput extends UserError {}

export interface Asked {
  instance: string;
  document: string;
  service?: string | undefined;
  /** Where `d2.yaml` says the homes. */
  setting: string;
}

/** A document's output as its schema has it. Throws `UserError` for what it could not do, each with the next step. */
export function parseOutput<T>(schema: z.ZodType<T>, stdout: string, asked: Asked): T {
  const value = lastJson(stdout);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const refused = refusal.safeParse(value);
  if (refused.success) throw documentError(refused.data, asked);
  throw new UnreadableOutput(
    'unavailable',
    `${asked.document} on ${asked.instance} answered something unreadable.`,
    {
      hint: 'Apply Terraform, so that the documents are those of this version of the bot.',
      cause: parsed.error,
    },
  );
}

/** What a document said that it could not do, as a sentence with the next step. */
export function documentError(
  { error, known = [], where = [] }: z.infer<typeof refusal>,
  { instance, document, service = '', setting }: Asked,
): UserError {
  const shell = code(`aws ssm start-session --target ${instance}`);
  switch (error) {
    case 'no pm2':
    case 'no node': {
      const program = error === 'no pm2' ? 'PM2' : 'Node.js';
      return new UserError(
        'unavailable',
        `${program} is not on root’s PATH on ${instance}, nor in the login shell of a PM2 user.`,
        {
          hint: [
            `If nvm, volta or the like installed it, say its folder as bin in ${setting}. If it is not installed, look at /var/log/cloud-init-output.log there: `,
            shell,
            '.',
          ],
        },
      );
    }
    case 'several homes':
      return new UserError(
        'conflict',
        `${service} runs in two PM2 homes on ${instance}: ${where.join(', ')}.`,
        {
          hint: [
            'Nothing was done. Stop the copy that should not run, as its user: ',
            code(`pm2 delete ${service} && pm2 save`),
            ', after ',
            shell,
            '.',
          ],
        },
      );
    case 'another home':
      return new UserError(
        'conflict',
        `${service} on ${instance} is no longer where it was planned to be changed: ${where.join(', now ')}.`,
        { hint: 'Nothing was done. Ask again: the plan then names the PM2 home that runs it now.' },
      );
    case 'not found':
    case 'no process':
      return new UserError('not-found', `PM2 on ${instance} has no process ${service}.`, {
        hint:
          known.length > 0
            ? `It has ${[...new Set(known)].join(', ')}.`
            : ['It has none at all; ', code('pm2 start'), ' brings the service back.'],
      });
    case 'no log file':
      return new UserError('not-found', `${service} has no such log file on ${instance}.`, {
        hint: 'It may not have written anything yet.',
      });
    default:
      return new UserError('unavailable', `${document} on ${instance}: ${error.slice(0, 300)}`, {
        hint: 'Look at PM2’s processes and the service’s error log.',
      });
  }
}

function lastJson(stdout: string): unknown {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
