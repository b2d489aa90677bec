import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

interface Started {
  child: ChildProcess;
  path: string;
  daemons: number[];
  unrelated: number;
}

const started: Started[] = [];

async function start(): Promise<Started> {
  const script = fileURLToPath(new URL('./cleanup-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = child.stdout ? await once(child.stdout, 'data') : [];
  const one: Started = { child, ...JSON.parse(String(line)) };
  started.push(one);
  return one;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

afterEach(() => {
  for (const { child, daemons, unrelated } of started.splice(0)) {
    child.kill('SIGKILL');
    for (const pid of [...daemons, unrelated]) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
});

describe('the clean-up process', () => {
  it('ends what the sandbox left and removes its folder after SIGKILL, SIGTERM and SIGINT, and touches nothing else', async () => {
    const signals = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;
    const [other, ending] = await Promise.all([
      start(),
      Promise.all(signals.map(async (signal) => ({ signal, sandbox: await start() }))),
    ]);
    for (const { sandbox, signal } of ending) {
      expect(sandbox.daemons.every(isAlive)).toBe(true);
      sandbox.child.kill(signal);
      await expect
        .poll(() => existsSync(sandbox.path) || sandbox.daemons.some(isAlive), { timeout: 10_000 })
        .toBe(false);
      expect(isAlive(sandbox.unrelated)).toBe(true);
      expect(other.daemons.every(isAlive) && existsSync(other.path)).toBe(true);
    }
  });

  it('has done its work when the folder is closed', async () => {
    const sandbox = await start();
    sandbox.child.send('close');
    await once(sandbox.child, 'exit');
    expect(existsSync(sandbox.path)).toBe(false);
    expect(sandbox.daemons.some(isAlive)).toBe(false);
    expect(isAlive(sandbox.unrelated)).toBe(true);
  });
});
