import { spawnSync } from 'node:child_process';
import { has } from './needs.ts';
import { runToEnd } from './run-program.ts';

export const hasShellcheck = has('shellcheck', spawnSync('shellcheck', ['--version']).status === 0);

/** How shellcheck ends on a script: `silent` where it has nothing to say. */
export const shellcheck = (script: string, ...options: string[]) =>
  runToEnd('shellcheck', [...options, '-'], { input: script });
