import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { has } from '../needs.ts';
import { lasting } from '../run-folder.ts';
import { run } from '../run-program.ts';

/** Every AWS CLI there is, in the order of the path. */
export const awsClis = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'aws'))
  .filter((path) => existsSync(path));
export const hasAwsCli = has('the AWS CLI', awsClis.length > 0);

/** `aws` for a PATH, and what its processes need to be told. */
export interface AwsCli {
  folder: string;
  env: Readonly<Record<string, string>>;
}

/**
 * An AWS CLI, the path's first where none is named. Where it is a Python program it is loaded once in a run of the tests,
 * for all calls of all files; else it is as it is.
 */
export async function serveAwsCli(path = awsClis[0] ?? ''): Promise<AwsCli> {
  const python = interpreterOf(path);
  const { D2_TESTS_RUN: runFolder } = process.env;
  if (!python || !runFolder) return { folder: dirname(path), env: {} };
  const calls = await madeOnce(`aws-cli${path.replaceAll('/', '-')}`, async (folder) => {
    await run('mkfifo', [join(folder, 'calls')]);
    // It ends with the run, and not with this worker, whose files may not be the last to use it.
    await run(python, [join(import.meta.dirname, 'serve.py'), folder, join(runFolder, lasting)]);
  });
  return { folder: import.meta.dirname, env: { D2_AWS_CALLS: calls } };
}

/** Runs the path's first AWS CLI in an environment of its own; what it printed. */
export async function runAws(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const cli = await serveAwsCli();
  return run(join(cli.folder, 'aws'), args, { env: { PATH: process.env.PATH, ...env, ...cli.env } });
}

/** The Python that a program is for, which names it in its first line; pyenv's programs are scripts that look for it. */
function interpreterOf(path: string): string | undefined {
  const start = (program: string) => readFileSync(program, 'latin1').slice(0, 4096);
  const own = path && start(path);
  const program = /\bpyenv\b/.test(own)
    ? start(String(spawnSync('pyenv', ['which', 'aws']).stdout).trim() || path)
    : own;
  return /^#!(\S+python\S*)\n/.exec(program)?.[1];
}
