import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');

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
  plugins: [zodInParts, onlyCalledSchemas, lateEmoji],
  // CommonJS packages in the bundle call it.
  banner: {
    js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
  },
  logLevel: 'warning',
});
