import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAccount } from '../sandbox/aws/account.ts';
import { createClock } from '../sandbox/clock.ts';
import { configurationOf } from '../sandbox/configuration.ts';
import type { Machine, MachineLogLine } from '../sandbox/interfaces.ts';
import { ownWorld } from '../sandbox/worlds/own.ts';

/** When something was asked of AWS and when it had answered, in ms of the machine's clock. */
export interface AwsCall {
  from: number;
  to: number;
}

// A process of its own, so that the account's work is not on the loop of whoever measures.
const [callMs = 0, ssmMs = 0] = process.argv.slice(2).map(Number);
const now = () => performance.timeOrigin + performance.now();
let calls: AwsCall[] = [];

async function timed<T>(takes: number, work: () => Promise<T>): Promise<T> {
  const from = now();
  if (takes > 0) await delay(takes);
  const result = await work();
  calls.push({ from, to: now() });
  return result;
}

const backend = {
  name: 'backend-api',
  id: 0,
  pid: 4_321,
  status: 'online',
  startedAt: Date.now() - 3_600_000,
  restarts: 0,
  unstableRestarts: 0,
  cpu: 1,
  memory: 124_000_000,
  version: '1.4.0',
  mode: 'cluster',
  instances: 1,
  release: 'r42',
};
const homes = { root: '/root/.pm2', app: '/home/ec2-user/.pm2' };
// Read by every document that only looks: each takes what is its own.
const stdout = JSON.stringify({
  homes: [{ home: homes.root, owner: 'root', state: 'ok', processes: [backend] }],
  service: 'backend-api',
  port: 3_000,
  httpStatus: 200,
  latencyMs: 4,
  body: '{"status":"ok"}',
  error: null,
});
const listeners = new Set<(line: MachineLogLine) => void>();
const machine: Machine = {
  boot: async () => undefined,
  halt: async () => undefined,
  reinstall: async () => undefined,
  run: () => timed(ssmMs, async () => ({ exitCode: 0, stdout, stderr: '', timedOut: false })),
  port: 9,
  portOf: () => 9,
  homes,
  appRoot: '/opt/apps',
  onLogLine(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  close: async () => undefined,
};

const account = await createAccount({ clock: createClock(), machine });
for (let count = 0; count < 500; count++) {
  const text = JSON.stringify({ level: 'info', msg: `GET /rides/${count} 200`, ms: count % 40 });
  for (const tell of listeners)
    tell({ process: backend.name, stream: 'out', text, at: new Date(Date.now() - count * 1_000) });
}
const server = createServer((request, response) =>
  timed(callMs, async () => {
    const ended = new Promise((resolve) => response.once('close', resolve));
    if (!(await account.handle(request, response))) response.writeHead(404).end();
    await ended;
  }),
);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.on('message', () => {
  process.send?.(calls);
  calls = [];
});
const { port } = server.address() as AddressInfo;
process.send?.({
  url: `http://127.0.0.1:${port}/aws`,
  configuration: configurationOf(ownWorld, { machine, urls: {} }),
});
