import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorkspace, type Resource } from './terraform.ts';

export const project = join(import.meta.dirname, '../..');
export const root = 'envs/chatops';
const account = '000011112222';
/** Of an environment in another account. */
export const environmentRole = 'arn:aws:iam::333344445555:role/d2-chatops-environment';
export const commit = '0123456789abcdef0123456789abcdef01234567';

/** The project's own d2.yaml, filled in. */
export const filledIn = readFileSync(join(project, 'd2.yaml'), 'utf8')
  .replaceAll('0REPLACEME', '0123ABCD')
  .replaceAll('REPLACE_', 'D2');

/** envs/chatops in a folder of its own, initialised, with a d2.yaml beside it. */
async function chatopsWorkspace() {
  const workspace = createWorkspace({ env: { TERRAFORM_OFFLINE_ACCOUNT: account } });
  const configPath = join(workspace.folder, 'd2.yaml');
  writeFileSync(configPath, filledIn);
  await workspace.init(root);
  return { workspace, configPath };
}

/** The same, applied as it runs; and what is in its state. */
export async function appliedChatops() {
  const { workspace, configPath } = await chatopsWorkspace();
  const vars = [
    `-var=image_tag=${commit}`,
    `-var=infra_commit=${commit}`,
    `-var=config_path=${configPath}`,
    '-var=emails=["platform@example.com"]',
    `-var=environment_roles=["${environmentRole}"]`,
  ];
  await workspace.apply(root, vars);
  const resources = await workspace.resources(root);
  const managed = resources.filter(({ mode }) => mode === 'managed');
  const all = (type: string): Resource[] => managed.filter((one) => one.type === type);
  return {
    workspace,
    vars,
    configPath,
    managed,
    all,
    /** The only resource of a type, or the one that `for_each` made for a key. */
    one(type: string, key?: string): Resource {
      const found = all(type).filter(({ address }) => key === undefined || address.endsWith(`["${key}"]`));
      const [first] = found;
      if (first && found.length === 1) return first;
      throw new Error(
        `${found.length} of ${type} ${key ?? ''}: ${managed.map(({ address }) => address).join(', ')}`,
      );
    },
  };
}

export type AppliedChatops = Awaited<ReturnType<typeof appliedChatops>>;
