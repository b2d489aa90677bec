import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { stateFile } from './states.ts';
import { createWorkspace, type Resource, type Workspace } from './terraform.ts';

/** Of everything that is applied offline, so that ARNs agree. */
export const account = '000011112222';

export interface Applied {
  root: string;
  vars: readonly string[];
  /** Everything in the state. */
  resources: readonly Resource[];
  outputs: Readonly<Record<string, unknown>>;
  /** A workspace in which it has been applied, for who goes on from there. */
  open(): Promise<Workspace>;
}

/** A root applied once in a run, for the files that look at what is then there. `prepare` brings what the root needs beside it. */
export async function appliedOnce(
  root: string,
  vars: readonly string[],
  prepare?: (workspace: Workspace) => void,
): Promise<Applied> {
  const start = async () => {
    const workspace = createWorkspace({ env: { TERRAFORM_OFFLINE_ACCOUNT: account } });
    prepare?.(workspace);
    await workspace.init(root);
    return workspace;
  };
  const folder = await madeOnce(`applied-${root.replace('/', '-')}`, async (making) => {
    const workspace = await start();
    try {
      await workspace.apply(root, vars);
      const shown = { resources: await workspace.resources(root), outputs: await workspace.outputs(root) };
      writeFileSync(join(making, 'shown.json'), JSON.stringify(shown));
      copyFileSync(join(workspace.folder, root, stateFile), join(making, stateFile));
    } finally {
      workspace.close();
    }
  });
  const shown: Pick<Applied, 'resources' | 'outputs'> = JSON.parse(
    readFileSync(join(folder, 'shown.json'), 'utf8'),
  );
  return {
    root,
    vars,
    ...shown,
    async open() {
      const workspace = await start();
      copyFileSync(join(folder, stateFile), join(workspace.folder, root, stateFile));
      return workspace;
    },
  };
}
