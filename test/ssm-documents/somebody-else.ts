import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const nobody = 65_534;

const pm2 = fileURLToPath(new URL('../../node_modules/pm2/package.json', import.meta.url));

/** Whether a test can run PM2 as another user: only root can be one, and whoever it is must be let into this folder, where PM2 lies. */
export const canBeSomebodyElse = process.getuid?.() === 0 && mayEnter();

function mayEnter(): boolean {
  if (spawnSync('test', ['-r', pm2], { uid: nobody, gid: nobody }).status === 0) return true;
  process.stderr.write('Other users may not enter this folder: the tests that run PM2 as one are skipped.\n');
  return false;
}
