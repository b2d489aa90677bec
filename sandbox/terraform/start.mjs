// Starts the command from one file, made anew when a source is newer: to load the sources one by one takes thrice as long.
import { readdirSync, renameSync, statSync } from 'node:fs';

const at = (path) => new URL(path, import.meta.url);
const timeOf = (path) => statSync(at(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = readdirSync(at('.')).filter((name) => /\.m?ts$|\.mjs$/.test(name));
const made = 'dist/cli.mjs';

if (sources.some((source) => timeOf(source) >= timeOf(made))) {
  const { build } = await import('esbuild');
  // Others may start meanwhile: they find all of it or nothing.
  const making = `dist/${process.pid}.mjs`;
  await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['cli.ts'],
    outfile: making,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // The schema and the like lie beside the sources.
    define: { 'import.meta.url': 'besideSources' },
    banner: { js: "const besideSources = new URL('../cli.ts', import.meta.url);" },
    logLevel: 'warning',
  });
  renameSync(at(making), at(made));
}
await import(`./${made}`);
