import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface LayOutOptions {
  /** MariaDB's server, whose version the folder is of, and what lays the folder out. */
  server: string;
  install: string;
  /** Of the server; they decide how large its files are. */
  args: readonly string[];
}

const cache = fileURLToPath(new URL('../../node_modules/.cache/d2-mariadb', import.meta.url));

/**
 * A data folder that no server has used, to be copied: laid out once for all sandboxes of this checkout, which takes
 * three times as long as a copy, and anew for another MariaDB. Rejects with what the installer said.
 */
export async function findDataFolder({ server, install, args }: LayOutOptions): Promise<string> {
  const { mtimeMs, size } = await stat(server);
  const key = JSON.stringify([server, mtimeMs, size, process.getuid?.(), args]);
  const folder = join(cache, createHash('sha256').update(key).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(`${folder}-`);
  try {
    const laidOut = join(making, 'data');
    const places = [`--datadir=${laidOut}`, `--tmpdir=${making}`];
    const wishes = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    await promisify(execFile)(install, ['--no-defaults', ...places, ...args, ...wishes], {
      cwd: making,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8' },
    });
    // Another may have been faster, with the same.
    await rename(laidOut, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return folder;
}
