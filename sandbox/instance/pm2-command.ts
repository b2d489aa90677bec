import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';

const entry = createRequire(import.meta.url).resolve('pm2/bin/pm2');
const { resolve } = createRequire(entry);

/** Each file still finds what lies beside it in PM2's own folder: the daemon, and what it starts processes with. */
const ownPlaces: Plugin = {
  name: 'own places',
  setup(bundle) {
    bundle.onLoad({ filter: /\.js$|bin\/pm2$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
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

let made: Promise<string> | undefined;

/** PM2's command in one file: documents start it for all that they ask and do, and from its hundreds of files that takes twice as long. */
export function pm2Command(): Promise<string> {
  made ??= build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    minifySyntax: true,
    plugins: [ownPlaces, leastParts],
    // Node is silent about old ways within node_modules, and this is not there.
    banner: { js: 'process.noDeprecation = true;' },
    logLevel: 'error',
  }).then(({ outputFiles: [file] }) => file?.text ?? '');
  return made;
}
