import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dependencyDiagram } from './dependency-diagram.ts';
import { place } from './place.ts';

const project = join(import.meta.dirname, '../..');
const infra = join(project, 'infra/terraform');
const command = join(project, 'sandbox/terraform/terraform-offline');

export const hasTerraform = (): boolean => spawnSync('terraform', ['version']).status === 0;

/** infra/README.md with a dependency diagram of every Terraform root. Needs terraform, and neither AWS nor a network. */
export function withDiagrams(page: string): string {
  return readdirSync(join(infra, 'envs')).reduce(
    (text, root) => place(text, root, dependencyDiagram(graphOf(root))),
    page,
  );
}

/** In a copy whose state is a file: with its own backend, terraform would want the bucket first. */
function graphOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'd2-graph-'));
  const terraform = (...args: string[]) =>
    execFileSync(command, args, { cwd: join(copy, 'envs', root), encoding: 'utf8' });
  try {
    cpSync(infra, copy, { recursive: true });
    writeFileSync(join(copy, 'envs', root, 'backend_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
    terraform('init', '-input=false');
    return terraform('graph');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
