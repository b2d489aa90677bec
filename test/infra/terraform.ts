import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Served, serveProvider } from '../../sandbox/terraform/serve.ts';
import { has } from '../needs.ts';

const project = join(import.meta.dirname, '../..');
export const infra = join(project, 'infra/terraform');

export const hasTerraform = has('terraform', spawnSync('terraform', ['version']).status === 0);

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A resource or data source in a plan, as `terraform show -json` has it. */
export interface Change {
  address: string;
  mode: 'managed' | 'data';
  type: string;
  change: { actions: string[]; before: unknown; after: unknown };
}

export interface Resource {
  address: string;
  mode: 'managed' | 'data';
  type: string;
  name: string;
  values: Record<string, unknown>;
}

interface Module {
  resources?: Resource[];
  child_modules?: Module[];
}

type Env = Record<string, string>;

/**
 * A copy of `infra/terraform` in which roots keep their state in a file beside them, or as they say in S3, and terraform runs offline:
 * the provider is served in this process. With AWS_ENDPOINT_URL in `env`, parameters are the sandbox's.
 */
export function createWorkspace({ env = {}, backend = 'local' as 'local' | 's3' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'd2-infra-'));
  cpSync(infra, folder, { recursive: true, filter: (path) => basename(path) !== '.terraform' });
  const override = (root: string) => join(folder, root, 'backend_override.tf');
  const keepInFile = (root: string) =>
    writeFileSync(override(root), 'terraform {\n  backend "local" {}\n}\n');
  if (backend === 'local') for (const root of readdirSync(join(folder, 'envs'))) keepInFile(`envs/${root}`);

  let provider: Promise<Served> | undefined;

  /** Runs terraform in a folder below, such as `envs/dev`; resolves however it ends. */
  async function run(at: string, args: readonly string[], extra: Env = {}): Promise<Ended> {
    provider ??= serveProvider({ ...process.env, TF_CLI_CONFIG_FILE: undefined, ...env });
    return terraform(join(folder, at), args, { ...env, ...(await provider).env, ...extra });
  }

  /** The same, and what it printed; throws with terraform's own words when it fails. */
  async function must(at: string, args: readonly string[], extra: Env = {}): Promise<string> {
    const { code, stdout, stderr } = await run(at, args, extra);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} in ${at}: ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  return {
    folder,
    /** Keeps a root's state in a file beside it, until `keepInBucket`; `init` comes after either. */
    keepInFile,
    keepInBucket: (root: string) => rmSync(override(root), { force: true }),
    run,
    must,
    init: (at: string, args: readonly string[] = []) => must(at, ['init', '-input=false', ...args]),
    /** What a plan would change, with `vars` over the root's own. */
    async plan(at: string, args: readonly string[] = []): Promise<Change[]> {
      await must(at, ['plan', '-input=false', '-out=tf.plan', ...args]);
      const shown: { resource_changes?: Change[] } = JSON.parse(await must(at, ['show', '-json', 'tf.plan']));
      return (shown.resource_changes ?? []).filter(({ change }) => change.actions[0] !== 'no-op');
    },
    apply: (at: string, args: readonly string[] = []) =>
      must(at, ['apply', '-input=false', '-auto-approve', ...args]),
    destroy: (at: string, args: readonly string[] = []) =>
      must(at, ['destroy', '-input=false', '-auto-approve', ...args]),
    /** Everything in the state, of all modules. */
    async resources(at: string): Promise<Resource[]> {
      const shown: { values?: { root_module?: Module } } = JSON.parse(await must(at, ['show', '-json']));
      return flatten(shown.values?.root_module ?? {});
    },
    async outputs(at: string): Promise<Record<string, unknown>> {
      const shown: Record<string, { value: unknown }> = JSON.parse(await must(at, ['output', '-json']));
      return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value]));
    },
    close() {
      void provider?.then((served) => served.close());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Workspace = ReturnType<typeof createWorkspace>;

const flatten = ({ resources = [], child_modules = [] }: Module): Resource[] => [
  ...resources,
  ...child_modules.flatMap(flatten),
];

async function terraform(cwd: string, args: readonly string[], env: Env): Promise<Ended> {
  if (!existsSync(cwd)) throw new Error(`There is no ${cwd}.`);
  const child = spawn('terraform', args, {
    cwd,
    // Terraform lives for seconds: collecting its garbage rarely saves a quarter of its CPU time.
    env: { ...process.env, TF_IN_AUTOMATION: '1', TF_CLI_ARGS: '-no-color', GOGC: '400', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
