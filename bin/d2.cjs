#!/usr/bin/env node
const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync, statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const root = join(__dirname, '..');
const built = join(root, 'dist/cli.cjs');
const builder = join(root, 'scripts/build.mjs');
const sources = join(root, 'src');

// A fresh clone has sources only, and one that was pulled has newer ones; an installation has neither sources nor builder.
if (existsSync(builder) && existsSync(join(root, 'node_modules/esbuild')) && isOlder()) {
  spawnSync(process.execPath, [builder], { stdio: ['ignore', 'ignore', 'inherit'] });
}
// On Node 20 the AWS SDK announces its own future on stderr, before every answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

if (!existsSync(built)) {
  process.stderr.write('d2 is not built yet: run `npm ci && npm run build` in its folder.\n');
  process.exitCode = 2;
} else if (enableCompileCache) {
  enableCompileCache();
  require(built);
} else require('./compile-cache.cjs').load(built);

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
