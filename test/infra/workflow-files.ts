import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const project = join(import.meta.dirname, '../..');
const folder = join(project, '.github/workflows');

const permissions = z.record(z.string(), z.string());
const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  env: z.record(z.string(), z.string()).default({}),
});
const job = z.object({
  if: z.string().optional(),
  needs: z.string().optional(),
  'runs-on': z.string(),
  container: z.string().optional(),
  'timeout-minutes': z.number(),
  permissions: permissions.optional(),
  strategy: z.object({ matrix: z.record(z.string(), z.array(z.unknown())) }).optional(),
  steps: z.array(step),
});
const workflow = z.object({
  name: z.string(),
  on: z.record(
    z.string(),
    z.object({ branches: z.array(z.string()).optional(), paths: z.array(z.string()).optional() }).nullable(),
  ),
  permissions,
  defaults: z.object({ run: z.object({ shell: z.literal('bash') }) }),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]) }),
  jobs: z.record(z.string(), job),
});

export type Job = z.infer<typeof job>;

/** The workflows, by name, with their text. Throws where a file isn't shaped as one of ours. */
export const workflows = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  return { file, text, ...workflow.parse(parse(text)) };
});

export const scripts: [string, string][] = workflows.flatMap(({ file, jobs }) =>
  Object.entries(jobs).flatMap(([id, { steps }]) =>
    steps.flatMap((one): [string, string][] =>
      one.run === undefined ? [] : [[`${file} ${id}: ${one.name ?? one.run}`, one.run]],
    ),
  ),
);

/** A step's script. Throws when the workflow has none of that name. */
export function scriptOf(file: string, jobId: string, name: string): string {
  const found = workflows
    .find((one) => one.file === file)
    ?.jobs[jobId]?.steps.find((one) => one.name === name);
  if (!found?.run) throw new Error(`${file} has no step ${name} with a script in its job ${jobId}`);
  return found.run;
}
