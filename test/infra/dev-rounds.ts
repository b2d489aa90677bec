import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { account } from './applied-once.ts';
import { createWorkspace } from './terraform.ts';
import { type Run, runTests } from './terraform-test.ts';

const dev = 'envs/dev';

/** Dev with everything on, off, and on again: the runs of its own test, gone through once for the files that look at them. */
export async function devRounds(): Promise<Map<string, Run>> {
  const folder = await madeOnce('dev-rounds', async (making) => {
    const workspace = createWorkspace({ env: { TERRAFORM_OFFLINE_ACCOUNT: account } });
    try {
      await workspace.init(dev, ['-backend=false']);
      const runs = await runTests(workspace, dev, 'everything');
      writeFileSync(join(making, 'runs.json'), JSON.stringify([...runs]));
    } finally {
      workspace.close();
    }
  });
  const runs: [string, Run][] = JSON.parse(readFileSync(join(folder, 'runs.json'), 'utf8'));
  return new Map(runs);
}
