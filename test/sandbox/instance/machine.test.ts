import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMachine } from '../../../sandbox/instance/machine.ts';
import type { Machine, MachineLogLine, MachineScript } from '../../../sandbox/interfaces.ts';
import { mustSucceed, run } from '../../run-program.ts';
import { until } from '../../until.ts';

const backend = new URL('../../../backend-api', import.meta.url).pathname;

async function makeMachine() {
  const folder = await mkdtemp(join(tmpdir(), 'd2-'));
  const machine = await createMachine({ folder, backend });
  const lines: MachineLogLine[] = [];
  machine.onLogLine((line) => lines.push(line));
  const run = (command: string, more: Partial<MachineScript> = {}) =>
    machine.run({ commands: [command], env: {}, timeoutSeconds: 30, ...more });
  return { folder, machine, lines, run };
}

async function isWell({ port }: Machine): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
  return response?.ok ?? false;
}

/** Processes that carry the folder in their environment, or are run from it. */
async function listProcesses(folder: string): Promise<string[]> {
  const stdout = await run('ps', ['axeww', '-o', 'pid=,command=']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

describe('two machines side by side', () => {
  let one: Awaited<ReturnType<typeof makeMachine>>;
  let two: Awaited<ReturnType<typeof makeMachine>>;

  beforeAll(async () => {
    [one, two] = await Promise.all([makeMachine(), makeMachine()]);
    await Promise.all([one.machine.boot(), two.machine.boot()]);
  });
  afterAll(() => Promise.all([one.machine.close(), two.machine.close()]));

  it('both serve, on ports of their own', async () => {
    expect(one.machine.port).not.toBe(two.machine.port);
    expect(await Promise.all([isWell(one.machine), isWell(two.machine)])).toEqual([true, true]);
  });

  it('every log line is heard from the first start on, also after the files were emptied', async () => {
    await until(() => {
      const first = one.lines.find(({ text }) => text.includes('backend-api listening'));
      expect(first).toMatchObject({ process: 'backend-api', stream: 'out' });
    });
    const log = join(one.machine.homes.root, 'logs/backend-api-error.log');
    await appendFile(log, 'before\nhalf');
    await until(() => {
      expect(one.lines).toContainEqual(expect.objectContaining({ stream: 'err', text: 'before' }));
    });
    await truncate(log);
    await until(async () => {
      // The follower has to look once while the file is short.
      await appendFile(log, 'after é\n');
      expect(one.lines.map(({ text }) => text)).toContain('after é');
    });
  });

  it('power off ends every process, what a document started too, and power on brings the saved list back', async () => {
    const sleeping = one.run('sleep 300 & sleep 300');
    await until(async () => expect((await listProcesses(one.folder)).length).toBeGreaterThan(2));
    await one.machine.halt();
    expect(await sleeping).toMatchObject({ exitCode: null, timedOut: false });
    expect(await isWell(one.machine)).toBe(false);
    expect(await listProcesses(one.folder)).toEqual([]);
    await expect(one.run('true')).rejects.toThrow('The instance is off');
    expect(await isWell(two.machine)).toBe(true);

    await one.machine.boot();
    expect(await isWell(one.machine)).toBe(true);
  });

  it('boots and halts asked for at once take their turns', async () => {
    await Promise.all([
      two.machine.halt(),
      two.machine.boot(),
      two.machine.boot(),
      two.machine.halt(),
      two.machine.boot(),
    ]);
    expect(await isWell(two.machine)).toBe(true);
  });

  it('runs a script with nothing of the laptop in its environment', async () => {
    vi.stubEnv('LAPTOP_SECRET', 'do-not-tell');
    const { stdout } = mustSucceed(await one.run('env; pwd', { env: { SSM_service: 'x' } }));
    vi.unstubAllEnvs();
    expect(stdout).not.toContain('LAPTOP_SECRET');
    expect(stdout).toContain('SSM_service=x');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(one.folder);
  });

  it('says how a script ended and what it wrote where', async () => {
    expect(await one.run('echo out; echo err >&2; exit 3')).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
    });
  });

  it('ends a script and its children at the time limit, and when called off', async () => {
    const late = await one.run('sleep 301 & sleep 301', { timeoutSeconds: 0.2 });
    expect(late).toMatchObject({ exitCode: null, timedOut: true });
    const calling = new AbortController();
    const off = one.run('sleep 301 & sleep 301', { signal: calling.signal });
    calling.abort();
    expect(await off).toMatchObject({ exitCode: null, timedOut: false });
    await until(async () => {
      expect((await listProcesses(one.folder)).filter((line) => line.includes('sleep 301'))).toEqual([]);
    });
  });

  it('closing leaves no process and no folder of the one, and the other at work', async () => {
    expect(await isWell(one.machine)).toBe(true);
    await one.machine.close();
    expect(existsSync(one.folder)).toBe(false);
    expect(await listProcesses(one.folder)).toEqual([]);
    expect(await isWell(two.machine)).toBe(true);
  });
});

it('refuses a folder too deep for PM2’s sockets, and a backend that is not built', async () => {
  const deep = join(tmpdir(), 'd'.repeat(90));
  await expect(createMachine({ folder: deep, backend })).rejects.toThrow('set TMPDIR');
  expect(existsSync(deep)).toBe(false);
  const folder = await mkdtemp(join(tmpdir(), 'd2-'));
  await expect(createMachine({ folder, backend: folder })).rejects.toThrow('npm run build');
  await rm(folder, { recursive: true });
});

it('stays off when it could not boot', async () => {
  const { folder, machine, run } = await makeMachine();
  await rm(join(folder, 'bin/pm2'));
  await expect(machine.boot()).rejects.toThrow('ENOENT');
  await expect(run('true')).rejects.toThrow('The instance is off');
  await machine.close();
});
