import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Bot {
  /** Kills it as a crash would, or ends it as a deployment does. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Every line of its log so far. */
  log(): readonly string[];
}

interface Options {
  /** Its whole environment, besides PATH. */
  settings: Readonly<Record<string, string>>;
  cwd: string;
  onLine?: (line: string) => void;
}

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Starts the production bot as it is deployed, a process of its own, and waits until it listens. Rejects with its words when it ends before. */
export async function startBot({ settings, cwd, onLine }: Options): Promise<Bot> {
  const child = spawn(process.execPath, [main], {
    cwd,
    env: {
      PATH: process.env.PATH,
      // On Node 20 the AWS SDK announces its own future on stderr.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listening = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        onLine?.(line);
        if (line.includes('the bot is listening')) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`the bot ended with ${code}:\n${lines.slice(-20).join('\n')}`)),
    );
  });
  await listening;
  return { stop: (signal = 'SIGTERM') => end(child, signal), log: () => lines };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await exited;
  clearTimeout(late);
}
