import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const parameter = z.object({
  type: z.enum(['String', 'StringList', 'Integer', 'Boolean']),
  description: z.string().optional(),
  default: z.string().optional(),
  allowedPattern: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
  interpolationType: z.literal('ENV_VAR').optional(),
});

const source = z.object({
  schemaVersion: z.literal('2.2'),
  description: z.string().optional(),
  parameters: z.record(z.string(), parameter).default({}),
  mainSteps: z.tuple([
    z.object({
      action: z.literal('aws:runShellScript'),
      name: z.string(),
      inputs: z.object({
        runCommand: z.array(z.string()).min(1),
        timeoutSeconds: z.coerce.number().int().positive().default(3_600),
      }),
    }),
  ]),
});

export type DocumentParameter = z.infer<typeof parameter>;

export interface Document {
  name: string;
  description: string;
  parameters: Readonly<Record<string, DocumentParameter>>;
  /** The name of its one step: what AWS calls the plugin. */
  step: string;
  commands: readonly string[];
  /** Seconds. */
  executionTimeout: number;
  content: string;
  /** SHA-256 of the content, in hex. */
  hash: string;
}

/** The repository's own documents, as Terraform registers them. Throws with the file's name and every fault in it. */
export function loadDocuments(folder: string): ReadonlyMap<string, Document> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return new Map(
    files.map((file) => {
      const document = read(basename(file, '.yaml'), readFileSync(join(folder, file), 'utf8'));
      return [document.name, document];
    }),
  );
}

function read(name: string, content: string): Document {
  const parsed = source.safeParse(parse(content));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`${name}.yaml is no document that the sandbox can run: ${faults.join('; ')}`);
  }
  const { description = '', parameters, mainSteps } = parsed.data;
  const [{ name: step, inputs }] = mainSteps;
  // SSM registers no document that has it otherwise.
  const wrong = Object.entries(parameters).find(
    ([, { type, interpolationType }]) => interpolationType && type !== 'String',
  );
  if (wrong) throw new Error(`${name}.yaml: ${wrong[0]} has ENV_VAR, which only a String takes`);
  return {
    name,
    description,
    parameters,
    step,
    commands: inputs.runCommand,
    executionTimeout: inputs.timeoutSeconds,
    content,
    hash: createHash('sha256').update(content).digest('hex'),
  };
}
