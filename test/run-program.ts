import { execFile } from 'node:child_process';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What it reads from its stdin. */
  input?: string;
}

interface Ended {
  /** Its exit code, or the signal or fault that ended it. */
  status: number | string;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, however it ends. */
export function runToEnd(
  program: string,
  args: readonly string[],
  { input, ...options }: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { ...options, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: error ? (error.code ?? error.signal ?? 'killed') : 0, stdout, stderr }),
    );
    // A program that ends before it has read everything says why by itself.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** Runs a helper program to its end; what it printed. Throws with all that it said when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await runToEnd(program, args, options);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
