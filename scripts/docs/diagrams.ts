import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveProvider } from '../../sandbox/terraform/serve.ts';
import { dependencyDiagram } from './dependency-diagram.ts';
import { place } from './place.ts';

const infra = join(import.meta.dirname, '../../infra/terraform');
const execute = promisify(execFile);

export const hasTerraform = (): boolean => spawnSync('terraform', ['version']).status === 0;

/** infra/README.md with a dependency diagram of every Terraform root. Needs terraform, and neither AWS nor a network. */
export async function withDiagrams(page: string): Promise<string> {
  const provider = await serveProvider();
  const copy = mkdtempSync(join(tmpdir(), 'd2-graph-'));
  try {
    cpSync(infra, copy, { recursive: true });
    const roots = readdirSync(join(copy, 'envs'));
    const graphs = await Promise.all(roots.map((root) => graphOf(join(copy, 'envs', root), provider.env)));
    return roots.reduce((text, root, nth) => place(text, root, dependencyDiagram(graphs[nth] ?? '')), page);
  } finally {
    provider.close();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** With its own backend, terraform would want the bucket first: here its state is a file. */
async function graphOf(folder: string, env: Record<string, string>): Promise<string> {
  // Terraform lives too shortly for its garbage to matter.
  const options = { cwd: folder, env: { ...process.env, ...env, GOGC: '400' }, maxBuffer: 2 ** 26 };
  writeFileSync(join(folder, 'backend_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
  await execute('terraform', ['init', '-input=false'], options);
  return (await execute('terraform', ['graph'], options)).stdout;
}
