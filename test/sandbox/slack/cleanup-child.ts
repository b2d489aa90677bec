import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder } from '../../../sandbox/temporary-folder.ts';

// The least of a sandbox that there is to clean up: a folder with a file in it, and daemons that nobody else ends.
const folder = await createTemporaryFolder();
const inside = join(folder.path, 'home');
await mkdir(inside);
await writeFile(join(inside, 'file'), 'content');
const idle = ['-e', 'setInterval(() => {}, 1000)'];
const daemons = [
  spawn(process.execPath, idle, { detached: true, stdio: 'ignore', env: { D2_SANDBOX_FOLDER: inside } }),
  spawn(process.execPath, idle, { detached: true, stdio: 'ignore', env: { D2_SANDBOX_FOLDER: folder.path } }),
];
// A process that is not the sandbox's, though it is in the folder and has its d2.yaml in the environment: it is left alone.
const unrelated = spawn(process.execPath, idle, {
  detached: true,
  stdio: 'ignore',
  cwd: inside,
  env: { D2_CONFIG: join(folder.path, 'd2.yaml') },
});
process.stdout.write(
  `${JSON.stringify({ path: folder.path, daemons: daemons.map(({ pid }) => pid), unrelated: unrelated.pid })}\n`,
);
process.on('message', async () => {
  await folder.close();
  process.exit(0);
});
