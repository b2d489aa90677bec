import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { has } from '../../needs.ts';
import { run } from '../../run-program.ts';

/** An AWS CLI 2: Debian's first, for an older one may stand before it on the path, and to ask each takes a second. */
const program = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  .map((folder) => join(folder, 'aws'))
  .find((path) => existsSync(path) && /^aws-cli\/2/.test(String(spawnSync(path, ['--version']).stdout)));
export const hasAwsCli2 = has('the AWS CLI 2', program !== undefined);

/** `aws` for a PATH, and what its processes need to be told. */
export interface AwsCli {
  folder: string;
  env: Readonly<Record<string, string>>;
  close(): void;
}

/** The AWS CLI, loaded once for all its calls where it is a Python program; else as it is. */
export async function serveAwsCli(): Promise<AwsCli> {
  const direct = { folder: program ? dirname(program) : '', env: {}, close: () => {} };
  const python = program && /^#!(\S+python\S*)\n/.exec(readFileSync(program, 'latin1').slice(0, 200))?.[1];
  if (!python) return direct;
  const calls = mkdtempSync(join(tmpdir(), 'd2-aws-cli-'));
  await run('mkfifo', [join(calls, 'calls')]);
  const server = spawn(python, [join(import.meta.dirname, 'serve.py'), calls], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await ready(server);
  return {
    folder: import.meta.dirname,
    env: { D2_AWS_CALLS: calls },
    close() {
      server.kill();
      rmSync(calls, { recursive: true, force: true });
    },
  };
}

async function ready(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`the AWS CLI’s server ended with ${code}`);
  });
  if (server.stdout) await Promise.race([once(server.stdout, 'data'), ended]);
  ended.catch(() => {});
}
