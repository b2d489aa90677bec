import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The release's name when the service runs from `…/releases/<name>`, else null. */
export function findRelease(cwd: string): string | null {
  return basename(dirname(cwd)) === 'releases' ? basename(cwd) : null;
}

/** The version in the package's own package.json. */
export function findVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String(version);
}
