import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSoaking } from '../rounds.ts';
import { run, runToEnd, silent } from '../run-program.ts';
import { createWorkspace, hasTerraform, infra, type Workspace } from './terraform.ts';

const foldersOf = (kind: string) => readdirSync(join(infra, kind)).map((name) => `${kind}/${name}`);
const modules = foldersOf('modules');
const roots = foldersOf('envs');
const read = (folder: string, file: string) => readFileSync(join(infra, folder, file), 'utf8');

describe('the layout', () => {
  it.each(modules)('%s has its four files', (folder) => {
    for (const file of ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf']) {
      expect(existsSync(join(infra, folder, file)), file).toBe(true);
    }
  });

  it.each([...modules, ...roots])(
    '%s asks for Terraform 1.11 and version 6 of the AWS provider',
    (folder) => {
      const versions = read(folder, 'versions.tf');
      expect(versions).toMatch(/required_version = ">= 1\.11(\.0)?"/);
      expect(versions).toMatch(/source\s+= "hashicorp\/aws"\s+version = "~> 6\.0"/);
    },
  );

  it.each([...modules, ...roots])(
    '%s describes and types every variable and describes every output',
    (folder) => {
      for (const file of ['variables.tf', 'outputs.tf']) {
        if (!existsSync(join(infra, folder, file))) continue;
        for (const block of read(folder, file)
          .split(/^(?=(?:variable|output) ")/m)
          .slice(1)) {
          const [name] = block.split('\n');
          expect(block, name).toMatch(/^ {2}description\s+=/m);
          if (file === 'variables.tf') expect(block, name).toMatch(/^ {2}type\s+=/m);
        }
      }
    },
  );

  it.each(roots)('%s keeps its state in S3 with a lock file, and tags everything', (folder) => {
    const text = readdirSync(join(infra, folder))
      .filter((file) => file.endsWith('.tf') && !file.endsWith('_override.tf'))
      .map((file) => read(folder, file))
      .join('\n');
    expect(text).toMatch(/backend "s3" \{[^}]*use_lockfile\s+= true/);
    for (const tag of ['Project', 'Environment', 'Service', 'ManagedBy']) {
      expect(text).toMatch(new RegExp(`default_tags \\{[\\s\\S]*${tag}\\s+=`));
    }
  });
});

describe.skipIf(!hasTerraform)('terraform itself', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = createWorkspace();
    for (const root of roots) await workspace.init(root, ['-backend=false']);
  });
  afterAll(() => workspace?.close());

  it('finds everything formatted', async () => {
    const env = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null' };
    expect(await runToEnd('terraform', ['fmt', '-check', '-recursive', '-diff', infra], { env })).toEqual(
      silent,
    );
  });

  // With a root, terraform validates every module that it calls; each by itself is for `npm run soak`.
  it.each([...roots, ...(isSoaking ? modules : [])])('finds %s valid', async (folder) => {
    if (!roots.includes(folder)) await workspace.init(folder, ['-backend=false']);
    const { code, stdout, stderr } = await workspace.run(folder, ['validate', '-json']);
    const { diagnostics }: { diagnostics: object[] } = JSON.parse(stdout);
    expect({ code, diagnostics, stderr }).toEqual({ code: 0, diagnostics: [], stderr: '' });
  });

  it('calls every module from some root', () => {
    const called = roots.flatMap((root) => {
      const list = readFileSync(join(workspace.folder, root, '.terraform/modules/modules.json'), 'utf8');
      return list.match(/modules\/[\w-]+(?=")/g) ?? [];
    });
    expect([...new Set(called)].sort()).toEqual(modules.toSorted());
  });

  it('leaves nothing of itself in the tree', async () => {
    const left = await run('git', ['status', '--porcelain', '--ignored', '--', infra]);
    expect(left.split('\n').filter((line) => /\.terraform|tfstate|_override\.tf/.test(line))).toEqual([]);
  });
});
