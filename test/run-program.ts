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

/** What a checker answers that found nothing. */
export const silent: Ended = { status: 0, stdout: '', stderr: '' };

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
  const ended = await runToEnd(program, args, options);
  return mustSucceed(ended, [program, ...args].join(' ')).stdout;
}

interface Outcome {
  code?: number;
  status?: number | string | null;
  exitCode?: number | null;
  stdout?: string;
  stderr?: string;
  /** Both. */
  said?: string;
}

/** What ended well; throws with all that it said otherwise, where an assertion would show its exit code alone. */
export function mustSucceed<T extends Outcome>(ended: T, what = 'it'): T {
  const {
    code,
    exitCode = code,
    status = exitCode,
    stdout = '',
    stderr = '',
    said = stdout + stderr,
  } = ended;
  if (status !== 0) throw new Error(`${what} ended with ${status}:\n${said}`);
  return ended;
}
