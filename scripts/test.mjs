import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// The checks beside the tests: while tests wait for the programs that they start, a processor is idle. What fails first
// is said first: a complaint of the checks ends the tests, for they may say as much of it at greater length.
const root = fileURLToPath(new URL('..', import.meta.url));
const start = (command, args) => spawn(command, args, { cwd: root, stdio: 'inherit' });

// npm has put the packages' programs on the path.
const tests = start('vitest', ['run', ...process.argv.slice(2)]);
const checks = start(process.execPath, ['scripts/check.mjs']);
checks.once('exit', (code) => {
  if (code === 0) return;
  process.exitCode = 1;
  tests.kill('SIGINT');
});
tests.once('exit', (code) => {
  process.exitCode ||= code ?? 1;
});
for (const child of [tests, checks])
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
