import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Environment } from '../../../sandbox/terraform/endpoint.ts';
import { type Served, serveProvider } from '../../../sandbox/terraform/serve.ts';
import { has } from '../../needs.ts';

export const hasTerraform = has('terraform', spawnSync('terraform', ['version']).status === 0);

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Of `terraform show -json`, the parts that these tests read. */
interface Shown {
  resource_changes?: {
    address: string;
    change: {
      actions: string[];
      before: Record<string, unknown> | null;
      after: Record<string, unknown> | null;
      after_unknown: Record<string, unknown>;
      replace_paths?: (string | number)[][];
    };
  }[];
  values?: { root_module: { resources?: { address: string; values: Record<string, unknown> }[] } };
}

export interface Diagnostic {
  severity: 'error' | 'warning';
  summary: string;
  detail: string;
  address?: string;
  snippet?: { code: string };
}

/**
 * A folder for a configuration, and the offline provider in this process for the terraform that runs in it. It has the
 * types that the configuration names, since terraform reads all there are at each command.
 */
export function startTestTerraform(env: Environment = {}) {
  const providers = new Map<string, Promise<Served>>();
  const folders: string[] = [];

  function providerOf(folder: string): Promise<Served> {
    const named = readFileSync(join(folder, 'main.tf'), 'utf8').match(/\baws_\w+/g) ?? [];
    const types = new Set(named.sort());
    const key = [...types].join();
    const provider =
      providers.get(key) ?? serveProvider(env, (name) => !name.startsWith('aws_') || types.has(name));
    providers.set(key, provider);
    return provider;
  }

  /** A root module of its own, with a state of its own. */
  function root(configuration: string) {
    const folder = mkdtempSync(join(tmpdir(), 'd2-terraform-'));
    folders.push(folder);
    const write = (text: string) => writeFileSync(join(folder, 'main.tf'), text);
    write(configuration);
    const run = async (...args: string[]) => runTerraform(folder, args, (await providerOf(folder)).env);
    async function must(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(`terraform ${args.join(' ')}: ${code}\n${stdout}\n${stderr}`);
      return stdout;
    }
    return {
      folder,
      run,
      write,
      must,
      apply: (...args: string[]) => must('apply', '-auto-approve', ...args),
      /** What a plan would do, by address. */
      async plan(...args: string[]) {
        await must('plan', '-out=tf.plan', ...args);
        const shown: Shown = JSON.parse(await must('show', '-json', 'tf.plan'));
        return new Map((shown.resource_changes ?? []).map(({ address, change }) => [address, change]));
      },
      /** What the state holds, by address. */
      async state() {
        const shown: Shown = JSON.parse(await must('show', '-json'));
        return new Map(shown.values?.root_module.resources?.map(({ address, values }) => [address, values]));
      },
      /** What `validate` complains of. */
      async validate(): Promise<Diagnostic[]> {
        const { stdout } = await run('validate', '-json');
        const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(stdout);
        return diagnostics;
      },
    };
  }

  return {
    root,
    close() {
      for (const provider of providers.values()) void provider.then((served) => served.close());
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestTerraform = ReturnType<typeof startTestTerraform>;

async function runTerraform(cwd: string, args: string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn('terraform', args, {
    cwd,
    env: { ...process.env, ...env, TF_CLI_ARGS: '-no-color', TF_INPUT: '0', GOGC: '400' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
