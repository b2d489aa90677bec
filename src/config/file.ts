import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Fault, lineOf } from './faults.ts';
import { type Finding, pathText } from './findings.ts';
import { outlineSchema } from './outline.ts';
import { brokenRules, leftToFillIn, type MeaningOf } from './rules.ts';
import { type File, fileSchema } from './schema.ts';
import { findingsOf, wrongKind } from './schema-findings.ts';

interface Reading {
  cwd: string;
  /** Where the file says no region. */
  awsRegion: string | undefined;
  /** Whether the example's placeholders are faults. */
  filledIn: boolean;
  meaningOf: MeaningOf;
}

export interface ReadFile {
  file: File;
  region: string;
  /** The first of these paths that the file has, with its line: `d2.yaml:31 environments.dev.cognito.pool`; else the first. */
  where(...paths: readonly string[]): string;
}

/** Where the configuration is: a file, or text that a variable carries, as in a container without a disk. */
export type Origin = { path: string } | { variable: string; content: string };

/** Reads `d2.yaml`; adds what is wrong with it to `faults`, each with its line, and then answers `undefined`. */
export function readFile(
  origin: Origin,
  { cwd, awsRegion, filledIn, meaningOf }: Reading,
  faults: Fault[],
): ReadFile | undefined {
  const source = 'path' in origin ? shortPath(cwd, origin.path) : origin.variable;
  const fault = (message: string, line?: number, path = '') => faults.push({ source, line, path, message });

  const text = 'path' in origin ? readText(origin.path) : origin;
  if ('unreadable' in text) {
    fault(text.unreadable);
    return undefined;
  }
  const counter = new LineCounter();
  const document = parseDocument(text.content, { lineCounter: counter, prettyErrors: false });
  const torn = [...document.errors, ...document.warnings];
  for (const { message, pos } of torn) fault(`not YAML: ${message}`, counter.linePos(pos[0]).line);
  const content = torn.length > 0 ? { unreadable: '' } : contentOf(document);
  if ('unreadable' in content) {
    if (content.unreadable) fault(content.unreadable);
    return undefined;
  }

  // Read once: to compile the schemas first would take longer than to walk them.
  const parsed = fileSchema.safeParse(content.value, { error: wrongKind, jitless: true });
  const outline = outlineSchema.parse(content.value, { jitless: true });
  const region = (outline.region ?? awsRegion) || undefined;
  const findings = parsed.success ? [] : findingsOf(parsed.error);
  findings.push(...brokenRules(outline, { region, meaningOf }));
  if (filledIn) findings.push(...leftToFillIn(content.value));
  for (const { path, message, line } of inOrder(findings, document, counter)) fault(message, line, path);
  if (!parsed.success || region === undefined) return undefined;
  return {
    file: parsed.data,
    region,
    where(...paths) {
      const places = paths.map((path) => ({ path, ...lineOf(document, counter, path.split('.')) }));
      const place = places.find(({ whole }) => whole) ?? places[0];
      return place ? `${source}:${place.line} ${place.path}` : source;
    },
  };
}

function inOrder(findings: Finding[], document: Document, counter: LineCounter) {
  const byPath = new Map<string, { path: string; message: string; line: number }>();
  for (const { path, message } of findings) {
    const key = pathText(path);
    if (!byPath.has(key)) byPath.set(key, { path: key, message, line: lineOf(document, counter, path).line });
  }
  return [...byPath.values()].sort((a, b) => a.line - b.line);
}

function shortPath(cwd: string, absolute: string): string {
  const near = relative(cwd, absolute);
  return near.startsWith('..') ? absolute : near;
}

function readText(path: string): { content: string } | { unreadable: string } {
  try {
    return { content: readFileSync(path, 'utf8') };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return {
      unreadable:
        reason === 'ENOENT'
          ? 'no such file; copy the repository’s d2.yaml there, or name yours by --config or D2_CONFIG'
          : `can’t be read (${reason}), expected a YAML file`,
    };
  }
}

function contentOf(document: Document): { value: unknown } | { unreadable: string } {
  try {
    return { value: document.toJS() ?? {} };
  } catch (error) {
    // Aliases that expand without end.
    return { unreadable: `can’t be read (${error instanceof Error ? error.message : 'aliases'})` };
  }
}
