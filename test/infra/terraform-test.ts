import type { Change, Resource, Workspace } from './terraform.ts';

interface Diagnostic {
  severity: string;
  summary: string;
  detail: string;
}

interface StateModule {
  resources?: Resource[];
  child_modules?: StateModule[];
}

/** The lines of `terraform test -json -verbose` that are read here; each names its run in `@testrun`. */
type Line = { '@testfile'?: string; '@testrun'?: string } & (
  | { type: 'test_run'; test_run: { progress: string; status?: string } }
  | { type: 'test_plan'; test_plan: { resource_changes?: Change[] } }
  | { type: 'test_state'; test_state: { root_module?: StateModule } }
  | { type: 'diagnostic'; diagnostic: Diagnostic }
  | { type: 'other' }
);

/** A `run` block as it went: what a planning one would change, what is there after an applying one. */
export interface Run {
  status: string;
  complaints: string[];
  changes: Change[];
  resources: Resource[];
}

/** Runs files below a folder's `tests/`, in an initialised workspace; resolves to their runs by name, passed or not. */
export async function runTests(
  { run }: Workspace,
  folder: string,
  ...files: readonly string[]
): Promise<Map<string, Run>> {
  const filters = files.map((file) => `-filter=tests/${file}.tftest.hcl`);
  const { stdout, stderr } = await run(folder, ['test', '-json', '-verbose', ...filters]);
  const runs = new Map<string, Run>();
  for (const text of stdout.split('\n')) {
    if (!text.startsWith('{')) continue;
    const line: Line = JSON.parse(text);
    const name = line['@testrun'];
    if (name === undefined) {
      if (line.type === 'diagnostic') throw new Error(sentence(line.diagnostic));
      continue;
    }
    const seen = runs.get(name) ?? { status: '', complaints: [], changes: [], resources: [] };
    runs.set(name, seen);
    if (line.type === 'test_run' && line.test_run.status) seen.status = line.test_run.status;
    if (line.type === 'diagnostic') seen.complaints.push(sentence(line.diagnostic));
    if (line.type === 'test_plan') seen.changes = (line.test_plan.resource_changes ?? []).filter(isChange);
    if (line.type === 'test_state') seen.resources = flatten(line.test_state.root_module ?? {});
  }
  if (runs.size === 0) throw new Error(`No run in ${files}: ${stdout}${stderr}`);
  return runs;
}

const sentence = ({ summary, detail }: Diagnostic) => `${summary}: ${detail}`;

const isChange = ({ mode, change }: Change) => mode === 'managed' && change.actions[0] !== 'no-op';

const flatten = ({ resources = [], child_modules = [] }: StateModule): Resource[] => [
  ...resources,
  ...child_modules.flatMap(flatten),
];
