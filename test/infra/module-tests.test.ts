import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, hasTerraform, infra, type Workspace } from './terraform.ts';
import { runTests } from './terraform-test.ts';

const ending = '.tftest.hcl';
const modules = readdirSync(join(infra, 'modules')).flatMap((name) => {
  const tests = join(infra, 'modules', name, 'tests');
  if (!existsSync(tests)) return [];
  const files = readdirSync(tests).filter((file) => file.endsWith(ending));
  return [{ folder: `modules/${name}`, files: files.map((file) => file.slice(0, -ending.length)) }];
});

describe.skipIf(!hasTerraform)('terraform test', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = createWorkspace();
  });
  afterAll(() => workspace?.close());

  it.each(modules)('passes in $folder', async ({ folder, files }) => {
    await workspace.init(folder, ['-backend=false']);
    const runs = [...(await runTests(workspace, folder, ...files))];
    const failed = runs.filter(([, { status }]) => status !== 'pass');
    expect(failed.map(([name, { status, complaints }]) => ({ name, status, complaints }))).toEqual([]);
  });
});
