import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const entry = createRequire(import.meta.url).resolve('pm2/bin/pm2');
const { resolve } = createRequire(entry);
const root = fileURLToPath(new URL('../..', import.meta.url));
const loader = join(root, 'bin/compile-cache.cjs');

/** Each file still finds what lies beside it in PM2's own folder: the daemon, and what it starts processes with. */
const ownPlaces: Plugin = {
  name: 'own places',
  setup(bundle) {
    bundle.onLoad({ filter: /\.js$|bin\/pm2$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replace(/^#!.*/, '')
        .replace(/\b__dirname\b/g, JSON.stringify(dirname(path)))
        .replace(/\bmodule\.filename\b/g, JSON.stringify(path)),
      loader: 'js',
    }));
  },
};

/** What no document asks for is half of a start: its makers' cloud goes, its dashboard stays where it is. */
const leastParts: Plugin = {
  name: 'least parts',
  setup(bundle) {
    bundle.onResolve({ filter: /^@pm2\/js-api$/ }, ({ path }) => ({ path, namespace: 'nothing' }));
    bundle.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
    bundle.onResolve({ filter: /^@pm2\/blessed$/ }, ({ path }) => ({ path: resolve(path), external: true }));
  },
};

async function bundlePm2(outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [ownPlaces, leastParts],
    // Node is silent about old ways within node_modules, and this may not be there.
    banner: { js: 'process.noDeprecation = true;' },
    logLevel: 'error',
  });
}

/** Where it lies: once for all sandboxes of this checkout, and anew for another PM2 or other parts of it. */
async function findBundle(): Promise<string> {
  const madeOf = await Promise.all(
    [resolve('pm2/package.json'), import.meta.filename].map((path) => readFile(path)),
  );
  const folder = join(root, 'node_modules/.cache/d2-pm2');
  const file = join(
    folder,
    `${createHash('sha256').update(entry).update(Buffer.concat(madeOf)).digest('hex')}.cjs`,
  );
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    await bundlePm2(`${file}.${process.pid}`);
    await rename(`${file}.${process.pid}`, file);
  }
  return file;
}

let found: Promise<string> | undefined;

/**
 * Writes PM2's command: all of it in one file, of which what V8 compiled is kept. Documents start it for all that they
 * ask and do, and from PM2's hundreds of files that takes three times as long.
 */
export async function writePm2Command(path: string): Promise<void> {
  found ??= findBundle();
  const [start, bundle] = [loader, await found].map((file) => JSON.stringify(file));
  await writeFile(path, `#!/usr/bin/env node\nrequire(${start}).load(${bundle});\n`, { mode: 0o755 });
}
