import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineResult, MachineScript } from '../interfaces.ts';

interface ScriptOptions extends MachineScript {
  /** The script's folder is made in here; it is also the working folder. */
  folder: string;
  signal: AbortSignal;
}

const maxOutput = 1024 * 1024;

/**
 * Writes the commands into one _script.sh and runs it, as the SSM agent does, in a process group of its own,
 * which is killed at the time limit and when the signal aborts: then the exit code is null.
 */
export async function runScript(options: ScriptOptions): Promise<MachineResult> {
  const { commands, env, timeoutSeconds, folder, signal } = options;
  const orchestration = join(folder, 'ssm');
  await mkdir(orchestration, { recursive: true });
  const own = await mkdtemp(join(orchestration, 'run-'));
  const file = join(own, '_script.sh');
  await writeFile(file, `${commands.join('\n')}\n`, { mode: 0o700 });
  try {
    return await runFile(file, { env, timeoutSeconds, signal, cwd: folder });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

type FileOptions = Pick<ScriptOptions, 'env' | 'timeoutSeconds' | 'signal'> & { cwd: string };

function runFile(file: string, { env, timeoutSeconds, signal, cwd }: FileOptions): Promise<MachineResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', [file], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] = (output[name] + text).slice(0, maxOutput);
      });
    }
    let timedOut = false;
    const end = () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutSeconds * 1000);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();

    const settle = (exitCode: number | null) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ exitCode, ...output, timedOut });
    };
    child.once('error', reject);
    child.once('close', settle);
    // What the script left behind may hold the pipes open for ever.
    child.once('exit', (code) => setTimeout(settle, 1_000, code).unref());
  });
}
