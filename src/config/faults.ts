import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Path } from './findings.ts';

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

/** The line on which a path stands, or its nearest parent that exists; `whole` where all of it was found. */
export function lineOf(
  document: Document,
  counter: LineCounter,
  path: Path,
): { line: number; whole: boolean } {
  let node: unknown = document.contents;
  let offset = 0;
  let whole = true;
  for (const key of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const found = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined;
    const item = isSeq(parent) && typeof key === 'number' ? parent.items[key] : undefined;
    if (found && isScalar(found.key)) {
      offset = found.key.range?.[0] ?? offset;
      node = found.value;
    } else if (isNode(item)) {
      offset = item.range?.[0] ?? offset;
      node = item;
    } else {
      whole = false;
      break;
    }
  }
  return { line: counter.linePos(offset).line, whole };
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'range' in value;
