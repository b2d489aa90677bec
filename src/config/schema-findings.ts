import { z } from 'zod';
import { shown } from './fields.ts';
import { type Finding, type Path, unknownKey } from './findings.ts';
import { fileSchema } from './schema.ts';

/** For what the schema itself has no words for: whole maps and lists of another kind. */
export function wrongKind(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  const wanted = new Map([
    ['object', 'a map'],
    ['record', 'a map'],
    ['array', 'a list'],
    ['boolean', 'true or false'],
    ['number', 'a number'],
    ['string', 'text'],
  ]);
  return `${shown(issue.input)}, expected ${wanted.get(issue.expected) ?? issue.expected}`;
}

export const findingsOf = (error: z.ZodError): Finding[] => error.issues.flatMap((issue) => found(issue, []));

function found(issue: z.core.$ZodIssue, above: Path): Finding[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  }
  if (issue.code === 'invalid_union') {
    // The kind that was meant is the one whose own type it has.
    const meant =
      issue.errors.find((issues) =>
        issues.every(({ code, path }) => path.length > 0 || code !== 'invalid_type'),
      ) ??
      issue.errors[0] ??
      [];
    return meant.flatMap((inner) => found(inner, path));
  }
  return [{ path, message: issue.message }];
}

const jsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
});

/** The keys that `d2.yaml` knows at a path. */
function keysAt(path: Path): string[] {
  let here = jsonSchema.safeParse(editorSchema()).data;
  for (const key of path) {
    const next =
      typeof key === 'number' ? here?.items : (here?.properties?.[String(key)] ?? here?.additionalProperties);
    here = jsonSchema.safeParse(next).data;
  }
  return Object.keys(here?.properties ?? {});
}

/** `d2.yaml` as a JSON Schema, for editors. */
export function editorSchema(): Record<string, unknown> {
  return z.toJSONSchema(fileSchema, { io: 'input' });
}
