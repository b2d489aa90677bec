import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { machineUser } from '../../sandbox/instance/user.ts';
import type { Machine, MachineResult } from '../../sandbox/interfaces.ts';

export const documentsFolder = new URL(
  '../../infra/terraform/modules/ssm-documents/documents/',
  import.meta.url,
);

const documentShape = z.strictObject({
  schemaVersion: z.literal('2.2'),
  description: z.string(),
  parameters: z.record(
    z.string(),
    z.strictObject({
      type: z.literal('String'),
      description: z.string(),
      allowedPattern: z.string(),
      default: z.string().optional(),
      interpolationType: z.literal('ENV_VAR'),
    }),
  ),
  mainSteps: z.tuple([
    z.strictObject({
      action: z.literal('aws:runShellScript'),
      name: z.string(),
      inputs: z.strictObject({
        timeoutSeconds: z.string().regex(/^\d+$/),
        runCommand: z.array(z.string()).nonempty(),
      }),
    }),
  ]),
});

export type SsmDocument = z.infer<typeof documentShape>;

export function listDocuments(): string[] {
  return readdirSync(documentsFolder).sort();
}

export function readDocument(file: string): SsmDocument {
  return documentShape.parse(parse(readFileSync(new URL(file, documentsFolder), 'utf8')));
}

export function scriptOf(document: SsmDocument): string {
  return document.mainSteps[0].inputs.runCommand.join('\n');
}

export type Values = Readonly<Record<string, string>>;

/** A machine's two homes as the documents take them. */
export function homesOf({ homes: { root, app } }: Pick<Machine, 'homes'>, user = machineUser): string {
  return `${root}=${machineUser},${app}=${user}`;
}

/** Sends a document as the bot would: to this machine's homes, with patterns enforced. */
async function runDocument(machine: Machine, verb: string, values: Values = {}): Promise<MachineResult> {
  const document = readDocument(`d2-${verb}.yaml`);
  const known: Values = {
    homes: homesOf(machine),
    folder: join(machine.appRoot, 'backend-api'),
  };
  const env: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(document.parameters)) {
    const value = values[name] ?? known[name] ?? parameter.default ?? '';
    if (!new RegExp(parameter.allowedPattern).test(value))
      throw new Error(`${name}: ${value} is not allowed`);
    env[`SSM_${name}`] = value;
  }
  const { inputs } = document.mainSteps[0];
  return machine.run({ commands: inputs.runCommand, env, timeoutSeconds: Number(inputs.timeoutSeconds) });
}

/** The one line of JSON that a document prints; fails when it printed anything else. */
export async function ask(machine: Machine, verb: string, values: Values = {}): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runDocument(machine, verb, values);
  if (exitCode !== 0 || stderr !== '') throw new Error(`d2-${verb} ended with ${exitCode}: ${stderr}`);
  const lines = stdout.split('\n');
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`d2-${verb} printed ${lines.length - 1} lines`);
  return answerShape.parse(JSON.parse(stdout));
}

const processShape = z.strictObject({
  name: z.string(),
  id: z.number(),
  pid: z.number().nullable(),
  status: z.string(),
  startedAt: z.number().nullable(),
  lastStart: z.number().nullable(),
  lastLine: z.number().nullable(),
  restarts: z.number(),
  unstableRestarts: z.number(),
  crashes: z.number(),
  cpu: z.number(),
  memory: z.number(),
  version: z.string().nullable(),
  mode: z.enum(['cluster', 'fork']),
  instances: z.number(),
  cwd: z.string(),
  script: z.string(),
  node: z.string().nullable(),
  outLog: z.string().nullable(),
  errLog: z.string().nullable(),
  port: z.number().nullable(),
  release: z.string().nullable(),
});

const stateShape = processShape.pick({ id: true, pid: true, status: true, startedAt: true, restarts: true });

const answerShape = z.strictObject({
  service: z.string().optional(),
  home: z.string().nullish(),
  homes: z
    .array(
      z.strictObject({
        home: z.string(),
        owner: z.string().nullable().optional(),
        state: z.string(),
        processes: z.array(processShape).optional(),
        more: z.number().optional(),
        saved: z.number().optional(),
      }),
    )
    .optional(),
  copies: z.array(z.strictObject({ home: z.string(), statuses: z.array(z.string()) })).optional(),
  known: z.array(z.string()).optional(),
  where: z.array(z.string()).optional(),
  before: z.array(stateShape).optional(),
  after: z.array(stateShape).optional(),
  saved: z.boolean().optional(),
  port: z.number().nullish(),
  httpStatus: z.number().nullish(),
  latencyMs: z.number().nullish(),
  body: z.string().nullish(),
  stream: z.string().optional(),
  files: z
    .array(
      z.strictObject({
        path: z.string(),
        worker: z.number().nullable(),
        lines: z.array(z.string()),
        truncated: z.boolean(),
        writtenAt: z.number().nullable(),
        unread: z.string().nullable(),
      }),
    )
    .optional(),
  flushed: z.array(z.string()).optional(),
  bytes: z.number().optional(),
  error: z.string().nullish(),
});

export type Answer = z.infer<typeof answerShape>;
