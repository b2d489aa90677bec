import { execFile } from 'node:child_process';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a helper program to its end; what it printed. Throws with all that it said when it fails. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...options, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const how = error.code ?? error.signal;
      reject(new Error(`${program} ${args.join(' ')} ended with ${how}:\n${stdout}${stderr}`));
    });
  });
}
