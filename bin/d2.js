#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli.js', import.meta.url);
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const sources = fileURLToPath(new URL('../src', import.meta.url));

// A fresh clone has sources only.
if (!existsSync(built) && existsSync(compiler)) {
  spawnSync(process.execPath, [compiler, '-p', sources], { stdio: ['ignore', 'ignore', 'inherit'] });
}
// On Node 20 the AWS SDK announces its own future on stderr, before every answer.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

if (existsSync(built)) await import(built.href);
else {
  process.stderr.write('d2 is not built yet: run `npm ci && npm run build` in its folder.\n');
  process.exitCode = 2;
}
