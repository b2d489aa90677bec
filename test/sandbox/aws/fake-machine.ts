import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Machine, MachineLogLine } from '../../../sandbox/interfaces.ts';

/** An instance without PM2: bash for the documents, and a service that is as well as `health` says. */
export async function createFakeMachine() {
  const service = createServer((_, response) => {
    response.writeHead(machine.health).end('the service');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const { port } = service.address() as AddressInfo;
  const listeners = new Set<(line: MachineLogLine) => void>();
  let power = new AbortController();
  let held: Promise<void> | undefined;

  const machine: Machine & {
    health: number;
    power: string[];
    hold(): () => void;
    print(text: string): void;
  } = {
    port,
    portOf: () => port,
    homes: { root: '/root/.pm2', app: '/home/ec2-user/.pm2' },
    appRoot: '/opt/apps',
    health: 200,
    /** The calls it got, in order. */
    power: [],
    /** Makes the next boots and halts wait; returns how to let them go on. */
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    async boot() {
      await held;
      machine.power.push('boot');
      power = new AbortController();
    },
    async halt() {
      await held;
      machine.power.push('halt');
      power.abort();
    },
    async reinstall() {
      machine.power.push('reinstall');
      power.abort();
    },
    run({ commands, env, timeoutSeconds, signal }) {
      const gone = AbortSignal.any([power.signal, ...(signal ? [signal] : [])]);
      return new Promise((resolve) => {
        const bash = execFile(
          'bash',
          ['--norc', '-c', commands.join('\n')],
          { env: { PATH: process.env.PATH, ...env }, timeout: timeoutSeconds * 1_000, killSignal: 'SIGKILL' },
          (_, stdout, stderr) => {
            const timedOut = bash.signalCode !== null && !gone.aborted;
            resolve({ exitCode: bash.exitCode, stdout, stderr, timedOut });
          },
        );
        gone.addEventListener('abort', () => bash.kill('SIGKILL'), { once: true });
      });
    },
    onLogLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    print(text) {
      for (const listener of listeners)
        listener({ process: 'backend-api', stream: 'out', text, at: new Date() });
    },
    async close() {
      power.abort();
      service.closeAllConnections();
      await new Promise((resolve) => service.close(resolve));
    },
  };
  return machine;
}
