import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface ReleaseOptions {
  backend: string;
  appRoot: string;
  /** Goes into the release's .env, which its ecosystem file reads. */
  settings: Readonly<Record<string, string>>;
}

/** Unpacks the built backend as release r1 and links it as the current one; returns the link. */
export async function placeRelease({ backend, appRoot, settings }: ReleaseOptions): Promise<string> {
  if (!existsSync(join(backend, 'dist/main.js'))) {
    throw new Error(`${backend} is not built: run npm run build --workspace backend-api`);
  }
  const service = join(appRoot, 'backend-api');
  const release = join(service, 'releases/r1');
  await mkdir(release, { recursive: true });
  for (const part of ['dist', 'package.json', 'ecosystem.config.cjs']) {
    await cp(join(backend, part), join(release, part), { recursive: true });
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(release, '.env'), lines.join(''));
  await linkPackages(backend, release);
  await symlink('releases/r1', join(service, 'current'));
  return join(service, 'current');
}

/** Node looks for packages upwards: the nearest folder of the backend's goes nearest to the release. */
async function linkPackages(backend: string, release: string): Promise<void> {
  const require = createRequire(join(backend, 'package.json'));
  const found = (require.resolve.paths('any-package') ?? []).filter(
    (path) => path.endsWith('node_modules') && existsSync(path),
  );
  const [nearest, next] = found;
  if (nearest) await symlink(nearest, join(release, 'node_modules'));
  if (next) await symlink(next, join(dirname(release), 'node_modules'));
}
