import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce } from '../made-once.ts';
import { cleanEnv } from '../packaging/fresh-clone.ts';
import { backend } from './service.ts';

const execute = promisify(execFile);

/** What `npm run package` runs, with these arguments, here or in a clone; what it printed, or throws what it said. */
export const packRelease = (folder: string, args: readonly string[], cwd = backend): Promise<string> =>
  runIn(cwd, folder, process.execPath, ['scripts/package.mjs', ...args]);

/** The same as somebody types it: npm itself takes as long as to refuse a release. */
export const npmRunPackage = (folder: string, args: readonly string[]): Promise<string> =>
  runIn(backend, folder, 'npm', ['run', '--silent', 'package', '--', ...args]);

async function runIn(cwd: string, folder: string, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { cwd, env: cleanEnv(folder) });
  return stdout;
}

/** Where a release of this tree, `r1`, lies with its checksum; packed once a run. */
export const packedRelease = (): Promise<string> =>
  madeOnce('packed-release', async (folder) => {
    await packRelease(folder, ['--release', 'r1', '--out', folder]);
  });

/** Unpacks a checked tarball as this release, with its settings, as a deployment does; returns its folder. */
export async function placeRelease(options: {
  tarball: string;
  appRoot: string;
  id: string;
  settings: Record<string, string>;
}): Promise<string> {
  const { tarball, appRoot, id, settings } = options;
  const said = await readFile(`${tarball}.sha256`, 'utf8');
  const sum = createHash('sha256')
    .update(await readFile(tarball))
    .digest('hex');
  if (said !== `${sum}  ${basename(tarball)}\n`) throw new Error(`${tarball} is not what was packed`);
  const release = join(appRoot, 'releases', id);
  await mkdir(release, { recursive: true });
  await execute('tar', ['-xzf', tarball, '-C', release]);
  await writeSettings(release, settings);
  return release;
}

export async function writeSettings(release: string, settings: Record<string, string>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(release, '.env'), lines.join(''));
}

/** Points `current` to a release in one step; returns the link. */
export async function linkRelease(appRoot: string, id: string): Promise<string> {
  const link = join(appRoot, 'current');
  await symlink(join('releases', id), `${link}.new`);
  await rename(`${link}.new`, link);
  return link;
}
