import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dependencyDiagram } from './dependency-diagram.ts';
import { place } from './place.ts';

// Writes the dependency diagrams of the Terraform roots into infra/README.md; with --check it only says
// whether they are up to date. Needs terraform, and neither AWS nor a network.
const project = join(import.meta.dirname, '..');
const page = join(project, 'infra/README.md');
const infra = join(project, 'infra/terraform');
const command = join(project, 'sandbox/terraform/terraform-offline');

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

const before = readFileSync(page, 'utf8');
const after = readdirSync(join(infra, 'envs')).reduce(
  (text, root) => place(text, root, 'scripts/diagrams.ts', dependencyDiagram(graphOf(root))),
  before,
);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error(
      'infra/README.md: the diagrams are not what Terraform says; run npx tsx scripts/diagrams.ts',
    );
    process.exitCode = 1;
  }
} else if (after !== before) writeFileSync(page, after);
