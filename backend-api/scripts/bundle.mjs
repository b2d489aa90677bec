import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const backend = fileURLToPath(new URL('..', import.meta.url));

// Nest and swagger ask for them where an application has them; this one has not.
const absent = [
  '@fastify/static',
  '@nestjs/microservices',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'file-type',
];

/** Nest loads it at every start for uploads, which nobody sends here; with it comes a second table of every file type. */
const noUploads = {
  name: 'no uploads',
  setup(bundle) {
    bundle.onResolve({ filter: /^multer$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    bundle.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export default undefined;' }));
  },
};

/** Tables of file types and of characters, which V8 reads in a third of the time as text, and those of Asia never. */
const tablesAsText = {
  name: 'tables as text',
  setup(bundle) {
    bundle.onLoad({ filter: /\/(iconv-lite|mime-db)\/.*\.json$/ }, async ({ path }) => {
      const table = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      return { contents: `module.exports = JSON.parse(${JSON.stringify(table)});` };
    });
  },
};

/**
 * Compiles `src` and writes the service and its migration into a folder, with all that they need in a few files: reading
 * a thousand small ones is most of a start. Resolves to the folders of the packages in them; throws the compiler's complaints.
 */
export async function bundle(outdir) {
  // Where the packages are found from; the bundler writes paths relative to it, the same everywhere.
  const cache = join(backend, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const compiled = mkdtempSync(join(cache, 'compiled-'));
  try {
    compile(compiled);
    const { metafile } = await build({
      absWorkingDir: compiled,
      entryPoints: ['main.js', 'migrate.js'],
      outdir,
      bundle: true,
      // What both need is written once, and what few starts need is read by those: AWS's SDK, for who logs in with IAM.
      splitting: true,
      chunkNames: '[name]-[hash]',
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      // Modules before CommonJS: of those only what is used comes along.
      mainFields: ['module', 'main'],
      external: absent,
      // Its modules, of which it gives Node none by itself.
      alias: { rxjs: join(dirname(createRequire(import.meta.url).resolve('rxjs/package.json')), 'dist/esm') },
      plugins: [noUploads, tablesAsText],
      minifySyntax: true,
      minifyWhitespace: true,
      // Node writes the line where a process ended into its log; names stay, for the stacks there.
      lineLimit: 120,
      metafile: true,
      // A package is where the lockfile has it, not where its folder is linked to.
      preserveSymlinks: true,
      // CommonJS packages in the bundle call it.
      banner: {
        js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
      },
      logLevel: 'warning',
    });
    copySwaggerUi(join(outdir, 'node_modules/swagger-ui-dist'));
    return packagesOf(Object.keys(metafile.inputs).map((path) => resolve(compiled, path)));
  } finally {
    rmSync(compiled, { recursive: true, force: true });
  }
}

/** By the compiler itself, for Nest finds what a constructor takes by the types that it writes down. */
function compile(outDir) {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    // Forty files are shared out among threads for twice the work.
    [join(dirname(tsc), 'bin/tsc'), '-p', backend, '--outDir', outDir, '--singleThreaded'],
    { cwd: backend, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`src does not compile:\n${stdout}${stderr}`.trim());
}

const packagesOf = (paths) => [
  ...new Set(
    paths.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/.][^/]*(?=\/)/.exec(path)?.[0] ?? []),
  ),
];

/** What the page of /api/docs loads: swagger asks for its folder as for a package. */
function copySwaggerUi(to) {
  const swagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  const from = dirname(swagger.resolve('swagger-ui-dist/package.json'));
  mkdirSync(to, { recursive: true });
  for (const name of [
    'LICENSE',
    'absolute-path.js',
    'favicon-16x16.png',
    'favicon-32x32.png',
    'package.json',
    'swagger-ui-bundle.js',
    'swagger-ui-standalone-preset.js',
    'swagger-ui.css',
  ])
    cpSync(join(from, name), join(to, name));
}
