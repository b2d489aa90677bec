import { AwsError } from '../errors.ts';
import type { Document, DocumentParameter } from './documents.ts';

const refuse = (message: string) => new AwsError('InvalidParameters', message);

/** What the document gets: defaults filled in, every value held to its type and pattern, as the API does before anything is sent. */
export function valuesOf(
  document: Document,
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(document.parameters, name));
  if (unknown !== undefined)
    throw refuse(`${unknown} is not a valid parameter name for the document ${document.name}.`);
  return Object.fromEntries(
    Object.entries(document.parameters).map(([name, parameter]) => {
      const usual = parameter.default === undefined ? undefined : [parameter.default];
      const values = Object.hasOwn(given, name) ? given[name] : usual;
      if (!values || values.length === 0) throw refuse(`Parameter ${name} requires a value.`);
      if (values.length > 1 && parameter.type !== 'StringList')
        throw refuse(`Parameter ${name} takes one value.`);
      for (const value of values) hold(name, value, parameter);
      return [name, values];
    }),
  );
}

function hold(name: string, value: string, { type, allowedPattern, allowedValues }: DocumentParameter): void {
  if (type === 'Integer' && !/^-?\d+$/.test(value)) throw refuse(`Parameter ${name} must be an integer.`);
  if (type === 'Boolean' && !/^(true|false)$/.test(value))
    throw refuse(`Parameter ${name} must be true or false.`);
  // Found anywhere in it: a pattern without anchors is a hole that tests should fall into.
  if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value))
    throw refuse(`Parameter value for ${name} must match pattern: ${allowedPattern}`);
  if (allowedValues && !allowedValues.includes(value))
    throw refuse(`Parameter value for ${name} must be one of ${allowedValues.join(', ')}`);
}

/** How the agent hands values over: as `SSM_<name>` variables, or pasted where the document still asks for that. */
export function scriptOf(
  { parameters, commands }: Document,
  values: Readonly<Record<string, readonly string[]>>,
): { commands: string[]; env: Record<string, string> } {
  const plain = (name: string): string => {
    const all = values[name] ?? [];
    return parameters[name]?.type === 'StringList' ? JSON.stringify(all) : (all[0] ?? '');
  };
  const isEnv = (name: string) => parameters[name]?.interpolationType === 'ENV_VAR';
  // In one go: what was pasted is not read again.
  const pasted = commands.map((line) =>
    line.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, name: string) =>
      Object.hasOwn(parameters, name) && !isEnv(name) ? plain(name) : whole,
    ),
  );
  const env = Object.keys(parameters).filter(isEnv);
  return {
    commands: pasted,
    env: Object.fromEntries(env.map((name) => [`SSM_${name}`, plain(name)])),
  };
}
