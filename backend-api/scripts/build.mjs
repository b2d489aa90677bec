import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
try {
  rmSync(dist, { recursive: true, force: true });
  await bundle(dist);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
