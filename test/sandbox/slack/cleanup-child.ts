import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../../sandbox/temporary-folder.ts';

// A sandbox's skeleton for the clean-up's test: a folder with something in it, and daemons that only it knows of.
const folder = await createTemporaryFolder();
const inside = join(folder.path, 'home');
await mkdir(inside);
await writeFile(join(inside, 'file'), 'content');
const idle = ['-e', 'setInterval(() => {}, 1000)'];
const daemons = [
  spawn(process.execPath, idle, { detached: true, stdio: 'ignore', env: { D2_SANDBOX_FOLDER: inside } }),
  spawn(process.execPath, idle, { detached: true, stdio: 'ignore', env: { D2_SANDBOX_FOLDER: folder.path } }),
];
// Somebody looking around: in the folder, and with its d2.yaml in the environment.
const stranger = spawn(process.execPath, idle, {
  detached: true,
  stdio: 'ignore',
  cwd: inside,
  env: { D2_CONFIG: join(folder.path, 'd2.yaml') },
});
process.stdout.write(
  `${JSON.stringify({ path: folder.path, daemons: daemons.map(({ pid }) => pid), stranger: stranger.pid })}\n`,
);
process.on('message', async () => {
  await folder.close();
  process.exit(0);
});
