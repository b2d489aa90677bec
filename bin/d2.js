#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist/cli.js');
const builder = join(root, 'scripts/build.mjs');
const sources = join(root, 'src');

// A fresh clone has sources only, and one that was pulled has newer ones; an installation has neither sources nor builder.
if (existsSync(builder) && existsSync(join(root, 'node_modules/esbuild')) && isOlder()) {
  spawnSync(process.execPath, [builder], { stdio: ['ignore', 'ignore', 'inherit'] });
}
// Keeps what V8 compiled from one start to the next; Node 20 can't.
module.enableCompileCache?.();
// On Node 20 the AWS SDK announces its own future on stderr, before every answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

if (existsSync(built)) await import(new URL('../dist/cli.js', import.meta.url).href);
else {
  process.stderr.write('d2 is not built yet: run `npm ci && npm run build` in its folder.\n');
  process.exitCode = 2;
}

function isOlder() {
  const at = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return hasNewer(sources, at);
}

// By hand: readdir's own recursion takes five times as long, before every command.
function hasNewer(folder, at) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = `${folder}/${entry.name}`;
    return statSync(path).mtimeMs > at || (entry.isDirectory() && hasNewer(path, at));
  });
}
