import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../src/core/operation/median.ts';
import { createWorkspace, hasTerraform } from '../test/infra/terraform.ts';

const rounds = 5;
const empty = 'envs/empty';
const vars: Record<string, string[]> = {
  'envs/bootstrap': ['-var=budget_emails=["platform@example.com"]'],
  'envs/chatops': ['-var=without_service=true'],
  'envs/prod': ['-var=alert_emails=["oncall@example.com"]'],
};

/** A plan of each root from nothing, against one of a root in which nothing is: what Terraform itself takes. */
export async function benchTerraform(): Promise<string[]> {
  if (!hasTerraform) return ['terraform: not installed'];
  const workspace = createWorkspace({ schema: 'whole' });
  mkdirSync(join(workspace.folder, empty));
  writeFileSync(
    join(workspace.folder, empty, 'main.tf'),
    'provider "aws" {\n  region = "ap-southeast-1"\n}\ndata "aws_region" "this" {}\n',
  );
  try {
    const base = await timePlan(empty);
    const lines = [`terraform: a plan of nothing takes ${base.ms.toFixed(0)} ms`];
    for (const root of ['envs/bootstrap', 'envs/chatops', 'envs/prod']) {
      const { ms, count } = await timePlan(root);
      lines.push(
        `  ${root}: ×${(ms / base.ms).toFixed(1)} of that for ${count} resources (${ms.toFixed(0)} ms)`,
      );
    }
    return lines;
  } finally {
    workspace.close();
  }

  async function timePlan(root: string) {
    await workspace.init(root);
    const count = (await workspace.plan(root, vars[root])).filter(({ mode }) => mode === 'managed').length;
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      await workspace.must(root, ['plan', '-input=false', ...(vars[root] ?? [])]);
      times.push(performance.now() - began);
    }
    return { ms: median(times) ?? Number.NaN, count };
  }
}
