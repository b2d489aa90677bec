import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Before the demo and the tests: a fresh clone, or one that was pulled, installs by itself. Built-in modules only.
const root = fileURLToPath(new URL('..', import.meta.url));
const timeOf = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `D2 needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org/en/download.\n`,
  );
  process.exit(1);
}

if (!isInstalled()) {
  process.stdout.write('Installing what package-lock.json names (npm ci) …\n');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status, error } = spawnSync(command, [...args, '--no-progress'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(
      `npm ci failed${error ? ` (${error.message})` : ''}: is the npm registry reachable?\n`,
    );
    process.exit(1);
  }
}

/** Whether node_modules is what the lockfile says: npm writes its own copy of it last. */
function isInstalled() {
  const installed = timeOf('node_modules/.package-lock.json');
  const wanted = timeOf('package-lock.json');
  if (installed === undefined || wanted === undefined) return false;
  return installed >= wanted || sameVersions();
}

/** A checkout touches the lockfile without changing what it says. */
function sameVersions() {
  const packagesOf = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  const there = packagesOf('node_modules/.package-lock.json');
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, { version, link, optional, os, cpu }]) =>
      path === '' ||
      link ||
      optional ||
      os ||
      cpu ||
      !path.startsWith('node_modules/') ||
      there[path]?.version === version,
  );
}
