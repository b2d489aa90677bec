import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

// Types, lint, layers and what nobody uses, all at once: each is a process that uses one core, so the compiler may too.
const root = fileURLToPath(new URL('..', import.meta.url));
const checks = [
  'tsc --noEmit --singleThreaded',
  'tsc -p sandbox/slack/page',
  'biome check --error-on-warnings .',
  'tsx scripts/layers.ts',
  'knip',
];

const failed = (await Promise.all(checks.map(run))).filter(Boolean);
if (failed.length > 0) {
  process.stderr.write(`${failed.join('\n')}\n`);
  process.exitCode = 1;
}

/** npm has put the packages' programs on the path. Resolves to what it said if it failed. */
async function run(command) {
  const child = spawn(command, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return (await ended) === 0 ? undefined : `✗ ${command}\n${said.join('')}`;
}
