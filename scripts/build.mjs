import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');

// What a command does not need lies in chunks of its own, so that `d2 help` loads neither AWS's SDK nor Slack's.
rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['cli', 'main', 'healthcheck'].map((name) => `src/${name}.ts`),
  outdir,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Modules before CommonJS: of those only what is used comes along.
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  // Stack traces lead to src, once `--enable-source-maps` is on; without it they still name functions.
  sourcemap: true,
  sourcesContent: false,
  // CommonJS packages in the bundle call it.
  banner: {
    js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
  },
  logLevel: 'warning',
});
