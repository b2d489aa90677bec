import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');
// The bundler is written in Go and lives for a second: tidying up is a fifth of its work.
process.env.GOGC ??= '400';

/** As a namespace, of which the bundler leaves out what nobody uses: half of zod, with its texts in fifty languages. */
const zodInParts = {
  name: 'zod in parts',
  setup(bundle) {
    bundle.onLoad({ filter: /src\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("import { z } from 'zod'", "import * as z from 'zod'"),
      loader: 'ts',
    }));
  },
};

/** AWS's schemas of the operations that nobody calls: computed keys in them keep the bundler from leaving them out by itself. */
const onlyCalledSchemas = {
  name: 'only the schemas of what is called',
  setup(bundle) {
    const schema = /^((?:export )?var [\w$]+ = )(\[.*\]|\[[\s\S]*?^\]);$/gm;
    bundle.onLoad({ filter: /client-[\w-]+\/dist-es\/schemas\/schemas_0\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(schema, '$1/* @__PURE__ */ (() => $2)();'),
    }));
  },
};

/** string-width makes a segmenter and an expression of every emoji when it is loaded, 60 ms of V8's: not before a text may need them. */
const lateEmoji = {
  name: 'emoji when they are met',
  setup(bundle) {
    const costly = [
      ['rgiEmojiRegex', 'test'],
      ['segmenter', 'segment'],
    ];
    bundle.onLoad({ filter: /string-width\/index\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [name, method] of costly) {
        const made = contents.match(new RegExp(`^const ${name} = (.+);$`, 'm'));
        if (!made) throw new Error(`${path} has no ${name} any more`);
        const late = `let ${name}Made;\nconst ${name} = { ${method}: (text) => (${name}Made ??= ${made[1]}).${method}(text) };`;
        contents = contents.replace(made[0], () => late);
      }
      return { contents };
    });
  },
};

const shared = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Modules before CommonJS: of those only what is used comes along.
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [zodInParts, onlyCalledSchemas, lateEmoji],
  logLevel: 'warning',
};

rmSync(outdir, { recursive: true, force: true });
// `npm run build` has backend-api built beside the bot; an image and `bin/d2.cjs` need the bot alone.
await Promise.all([buildServer(), buildTerminal(), ...process.argv.slice(2).map(buildWorkspace)]);

async function buildWorkspace(name) {
  const child = spawn(process.execPath, [join(root, name, 'scripts/build.mjs')], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exitCode = 1;
}

function buildServer() {
  return build({
    ...shared,
    entryPoints: ['src/main.ts', 'src/healthcheck.ts'],
    chunkNames: 'chunks/[name]-[hash]',
    // Stack traces lead to src, once `--enable-source-maps` is on; without it they still name functions.
    sourcemap: true,
    sourcesContent: false,
    // CommonJS packages in the bundle call it.
    banner: {
      js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
    },
  });
}

/**
 * What a command does not need lies in chunks of its own, so that `d2 help` loads neither AWS's SDK nor Slack's. As
 * CommonJS, for what V8 compiled of modules can't be kept on Node 20 (bin/compile-cache.cjs).
 */
async function buildTerminal() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['src/cli.ts'],
    chunkNames: 'cli/[name]-[hash]',
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text.replaceAll(/(["'](?:\.\/|\.\.\/)[\w/-]+)\.js(?=["'])/g, '$1.cjs'), {
      format: 'cjs',
      platform: 'node',
      target: shared.target,
      supported: { 'dynamic-import': false },
      minifyWhitespace: true,
      define: { 'import.meta.url': 'hereAsUrl' },
      banner: "const hereAsUrl = require('node:url').pathToFileURL(__filename).href;",
    });
    const file = path.replace(/\.js$/, '.cjs');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}
