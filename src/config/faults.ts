import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { z } from 'zod';
import { nearest } from '../core/command/nearest.ts';
import { fileSchema, shown } from './schema.ts';

export type Path = readonly PropertyKey[];

export interface Fault {
  /** The file, or `environment` for a variable. */
  source: string;
  line: number | undefined;
  /** `environments.dev.channel`, or the variable's name. */
  path: string;
  /** What is there, what is expected and where to find it. */
  message: string;
}

/** Everything that is wrong with `d2.yaml` and the environment, at once. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    super([`The configuration has ${count}:`, ...faults.map((fault) => `  ${line(fault)}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

function line({ source, line, path, message }: Fault): string {
  return `${source}${line === undefined ? '' : `:${line}`}${path ? ` ${path}` : ''}: ${message}`;
}

/** The line on which a path stands, or its nearest parent that exists. */
export function lineOf(document: Document, counter: LineCounter, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(parent) && typeof key === 'number') {
      const item = parent.items[key];
      if (!isNode(item)) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return counter.linePos(offset).line;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'range' in value;

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

export interface Finding {
  path: Path;
  message: string;
}

export function findingsOf(error: z.ZodError): Finding[] {
  return error.issues.flatMap((issue): Finding[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(issue.path);
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, known) }));
    }
    if (issue.code === 'invalid_key') {
      return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message }];
    }
    return [{ path: issue.path, message: issue.message }];
  });
}

/** `unknown, did you mean "channel"? Known here: …` */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key.toLowerCase(), known);
  return `unknown${near ? `, did you mean ${near}?` : ''}${near ? ' ' : ', '}${near ? 'Known' : 'known'} here: ${known.join(', ')}`;
}

const jsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

/** The keys that `d2.yaml` knows at a path. */
function keysAt(path: Path): string[] {
  let here = jsonSchema.safeParse(editorSchema()).data;
  for (const key of path) {
    const next = here?.properties?.[String(key)] ?? here?.additionalProperties;
    here = jsonSchema.safeParse(next).data;
  }
  return Object.keys(here?.properties ?? {});
}

/** `d2.yaml` as a JSON Schema, for editors. */
export function editorSchema(): Record<string, unknown> {
  return z.toJSONSchema(fileSchema, { io: 'input' });
}

export const pathText = (path: Path) =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
