import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './docs/pages.ts';

// Writes all that is generated from the code; a page whose program is missing is left as it is.
const root = join(import.meta.dirname, '..');
for (const { path, render, lacks } of await generatedPages()) {
  if (lacks !== undefined) {
    process.stdout.write(`${path}: left as it is, because ${lacks} is not installed\n`);
    continue;
  }
  const file = join(root, path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = await render(before);
  if (after === before) continue;
  writeFileSync(file, after);
  process.stdout.write(`${path}: written\n`);
}
