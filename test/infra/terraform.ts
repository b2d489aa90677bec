import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Served, serveProvider } from '../../sandbox/terraform/serve.ts';
import { has } from '../needs.ts';
import { serveStates } from './states.ts';

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

interface WorkspaceOptions {
  env?: Env;
  /** `here`: with this process, in the root's folder. `s3`: as the roots say. */
  backend?: 'here' | 's3';
  /** All that the provider has, or what of it a root's own files speak of, which terraform has read much sooner. */
  schema?: 'whole' | 'mentioned';
}

/**
 * A copy of `infra/terraform` in which terraform runs offline: the provider is served in this process. With
 * AWS_ENDPOINT_URL in `env`, parameters are the sandbox's.
 */
export function createWorkspace({ env = {}, backend = 'here', schema = 'mentioned' }: WorkspaceOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'd2-infra-'));
  cpSync(infra, folder, { recursive: true, filter: (path) => basename(path) !== '.terraform' });
  const override = (root: string) => join(folder, root, 'backend_override.tf');
  const keep = (root: string, where: string) =>
    writeFileSync(override(root), `terraform {\n  backend "${where}" {}\n}\n`);
  if (backend === 'here') for (const root of readdirSync(join(folder, 'envs'))) keep(`envs/${root}`, 'http');

  const providers = new Map<string, Promise<Served>>();
  let states: ReturnType<typeof serveStates> | undefined;

  function providerFor(at: string): Promise<Served> {
    const names = schema === 'mentioned' ? namesIn(join(folder, at)) : undefined;
    const key = names ? [at, ...names].join(' ') : '';
    const provider =
      providers.get(key) ??
      serveProvider(
        { ...process.env, TF_CLI_CONFIG_FILE: undefined, ...env },
        names && ((name) => names.has(name)),
      );
    providers.set(key, provider);
    return provider;
  }

  /** What terraform is run with in a folder below. */
  async function envFor(at: string): Promise<Env> {
    if (backend === 'here') states ??= serveStates(folder);
    const address = (await states)?.url(at);
    return { ...env, ...(await providerFor(at)).env, ...(address && { TF_HTTP_ADDRESS: address }) };
  }

  /** Runs terraform in a folder below, such as `envs/dev`; resolves however it ends. */
  async function run(at: string, args: readonly string[], extra: Env = {}): Promise<Ended> {
    return terraform(join(folder, at), args, { ...(await envFor(at)), ...extra });
  }

  /** The same, and what it printed; throws with terraform's own words when it fails. */
  async function must(at: string, args: readonly string[], extra: Env = {}): Promise<string> {
    const { code, stdout, stderr } = await run(at, args, extra);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} in ${at}: ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  return {
    folder,
    envFor,
    /** Has terraform itself keep a root's state in a file beside it, until `keepInBucket`; `init` comes after either. */
    keepInFile: (root: string) => keep(root, 'local'),
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
      for (const provider of providers.values()) void provider.then((served) => served.close());
      void states?.then((served) => served.close());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Workspace = ReturnType<typeof createWorkspace>;

const flatten = ({ resources = [], child_modules = [] }: Module): Resource[] => [
  ...resources,
  ...child_modules.flatMap(flatten),
];

/** Every name in the files of an initialised folder and of the modules that it calls. */
function namesIn(folder: string): ReadonlySet<string> {
  const list = join(folder, '.terraform/modules/modules.json');
  const { Modules }: { Modules: { Dir: string }[] } = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : { Modules: [] };
  const folders = new Set(['.', ...Modules.map(({ Dir }) => Dir)].map((path) => join(folder, path)));
  const texts = [...folders, join(folder, 'tests')].flatMap((path) =>
    existsSync(path)
      ? readdirSync(path)
          .filter((name) => /\.(tf|hcl)$/.test(name))
          .map((name) => readFileSync(join(path, name), 'utf8'))
      : [],
  );
  return new Set(texts.flatMap((text) => text.match(/\w+/g) ?? []));
}

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
