import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ReleaseOptions {
  /** The folder of backend-api, built. */
  backend: string;
  /** The folder that stands for /opt/apps. */
  appRoot: string;
  settings: Readonly<Record<string, string>>;
}

/** A release on the host, ready to be started. */
export interface Release {
  /** What `pm2 start` is given. */
  ecosystem: string;
  /** Exported where PM2 starts it, and so kept in PM2's own environment of the process. */
  environment: Readonly<Record<string, string>>;
  /** Where its logs are; PM2's own folder without it. */
  logs?: string;
}

export type PlaceRelease = (options: ReleaseOptions) => Promise<Release>;

/** The release that our own deployment makes: its settings lie in its .env, its logs with PM2. */
export const placeOwnRelease: PlaceRelease = async (options) => ({
  ecosystem: join(await placeRelease(options), 'ecosystem.config.cjs'),
  environment: {},
});

/** Unpacks the built backend as release r1 and links it as the current one; returns the link. */
export async function placeRelease({ backend, appRoot, settings }: ReleaseOptions): Promise<string> {
  const service = join(appRoot, 'backend-api');
  const release = join(service, 'releases/r1');
  await copyBackend(backend, release, ['dist', 'package.json', 'ecosystem.config.cjs']);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(release, '.env'), lines.join(''));
  await symlink('releases/r1', join(service, 'current'));
  return join(service, 'current');
}

/** Copies these of the backend's files. Rejects where it isn't built. */
export async function copyBackend(backend: string, release: string, names: readonly string[]): Promise<void> {
  if (!existsSync(join(backend, 'dist/main.js'))) {
    throw new Error(`${backend} is not built: run npm run build --workspace backend-api`);
  }
  await mkdir(release, { recursive: true });
  for (const name of names) await cp(join(backend, name), join(release, name), { recursive: true });
}
