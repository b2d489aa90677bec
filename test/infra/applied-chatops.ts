import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appliedOnce } from './applied-once.ts';
import type { Resource, Workspace } from './terraform.ts';

export const project = join(import.meta.dirname, '../..');
export const root = 'envs/chatops';
/** Of an environment in another account. */
export const environmentRole = 'arn:aws:iam::333344445555:role/d2-chatops-environment';
export const commit = '0123456789abcdef0123456789abcdef01234567';

/** The project's own d2.yaml, filled in. */
export const filledIn = readFileSync(join(project, 'd2.yaml'), 'utf8')
  .replaceAll('0REPLACEME', '0123ABCD')
  .replaceAll('REPLACE_', 'D2');

/** Where the root finds d2.yaml. */
export const configIn = ({ folder }: Workspace) => join(folder, 'd2.yaml');

/** envs/chatops with a d2.yaml beside it, applied as it runs; and what is in its state. */
export async function appliedChatops() {
  const applied = await appliedOnce(
    root,
    [
      `-var=image_tag=${commit}`,
      `-var=infra_commit=${commit}`,
      '-var=config_path=../../d2.yaml',
      '-var=emails=["platform@example.com"]',
      `-var=environment_roles=["${environmentRole}"]`,
    ],
    (workspace) => writeFileSync(configIn(workspace), filledIn),
  );
  const managed = applied.resources.filter(({ mode }) => mode === 'managed');
  const all = (type: string): Resource[] => managed.filter((one) => one.type === type);
  return {
    ...applied,
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
