import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { AwsError } from './errors.ts';

interface Parameter {
  type: string;
  default?: string;
  allowedPattern?: string;
  allowedValues?: string[];
  interpolationType?: string;
}

export interface Document {
  name: string;
  parameters: Readonly<Record<string, Parameter>>;
  commands: readonly string[];
  /** Seconds. */
  executionTimeout: number;
}

interface Source {
  parameters?: Record<string, Parameter>;
  mainSteps: { action: string; inputs: { runCommand: string[]; timeoutSeconds?: string | number } }[];
}

/** The repository's own documents, as Terraform registers them. */
export function loadDocuments(folder: string): ReadonlyMap<string, Document> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return new Map(
    files.map((file) => {
      const name = basename(file, '.yaml');
      const source = parse(readFileSync(join(folder, file), 'utf8')) as Source;
      const step = source.mainSteps[0];
      if (source.mainSteps.length !== 1 || step?.action !== 'aws:runShellScript')
        throw new Error(`${file}: one aws:runShellScript step is expected`);
      return [
        name,
        {
          name,
          parameters: source.parameters ?? {},
          commands: step.inputs.runCommand,
          executionTimeout: Number(step.inputs.timeoutSeconds ?? 3600),
        },
      ];
    }),
  );
}

/** What the document gets: defaults filled in, every value held to its pattern, as the API does before anything is sent. */
export function valuesOf(
  document: Document,
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  const refuse = (message: string) => new AwsError('InvalidParameters', message);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(document.parameters, name));
  if (unknown !== undefined)
    throw refuse(`${unknown} is not a valid parameter name for the document ${document.name}.`);
  const values: [string, string][] = Object.entries(document.parameters).map(([name, parameter]) => {
    const value = given[name]?.[0] ?? parameter.default;
    if (value === undefined) throw refuse(`Parameter ${name} requires a value.`);
    if (parameter.allowedPattern !== undefined && !new RegExp(parameter.allowedPattern).test(value)) {
      throw refuse(`Parameter value for ${name} must match pattern: ${parameter.allowedPattern}`);
    }
    if (parameter.allowedValues && !parameter.allowedValues.includes(value)) {
      throw refuse(`Parameter value for ${name} must be one of ${parameter.allowedValues.join(', ')}`);
    }
    return [name, value];
  });
  return Object.fromEntries(values);
}

/** How the agent hands values over: as `SSM_<name>` variables, or pasted where the document still asks for that. */
export function scriptOf(
  document: Document,
  values: Readonly<Record<string, string>>,
): { commands: string[]; env: Record<string, string> } {
  const pasted = Object.entries(document.parameters).filter(
    ([, parameter]) => parameter.interpolationType !== 'ENV_VAR',
  );
  const commands = document.commands.map((line) =>
    pasted.reduce(
      (text, [name]) =>
        text.replaceAll(new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`, 'g'), () => values[name] ?? ''),
      line,
    ),
  );
  const env = Object.entries(document.parameters)
    .filter(([, parameter]) => parameter.interpolationType === 'ENV_VAR')
    .map(([name]): [string, string] => [`SSM_${name}`, values[name] ?? '']);
  return { commands, env: Object.fromEntries(env) };
}
