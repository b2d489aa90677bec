import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAccount } from '../sandbox/aws/account.ts';
import { principals } from '../sandbox/aws/auth/authenticate.ts';
import { createClock } from '../sandbox/clock.ts';
import type { Machine } from '../sandbox/interfaces.ts';
import { createAws } from '../src/aws/aws.ts';
import { listInventory } from '../src/commands/shared/inventory.ts';
import { settingsOf } from '../test/environment-settings.ts';

const callMs = 50;

/** The Describe calls of `status`, every one taking 50 ms, against the longest chain of calls that wait for each other. */
export async function benchStatus(): Promise<string[]> {
  const clock = createClock();
  const account = await createAccount({ clock, machine: idleMachine() });
  const calls: { from: number; to: number }[] = [];
  const server = createServer(async (request, response) => {
    const from = performance.now();
    await delay(callMs);
    response.on('close', () => calls.push({ from, to: performance.now() }));
    if (!(await account.handle(request, response))) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const bot = principals.find(({ name }) => name === 'bot');
  const aws = createAws({
    region: 'ap-southeast-1',
    endpoint: `http://127.0.0.1:${port}/aws`,
    credentials: { accessKeyId: bot?.accessKeyId ?? '', secretAccessKey: bot?.secretAccessKey ?? '' },
  });
  const environment = aws.environment(settingsOf('dev'));
  try {
    const times: number[] = [];
    let chain = 0;
    let count = 0;
    for (let round = 0; round < 25; round++) {
      calls.length = 0;
      const began = performance.now();
      await listInventory(environment, AbortSignal.timeout(10_000));
      if (round >= 5) times.push(performance.now() - began);
      chain = longestChain(calls);
      count = calls.length;
    }
    const median = [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
    const ideal = chain * callMs;
    return [
      `status: ${count} Describe calls of ${callMs} ms, longest chain ${chain}`,
      `  ×${(median / ideal).toFixed(2)} of that chain (${median.toFixed(0)} ms of ${ideal}); one after the other it would be ×${((count * callMs) / ideal).toFixed(2)}`,
    ];
  } finally {
    aws.close();
    server.close();
    server.closeAllConnections();
    await account.close();
    clock.close();
  }
}

/** How many calls lie in a row at most, each begun after the one before had ended. */
function longestChain(calls: readonly { from: number; to: number }[]): number {
  const ordered = [...calls].sort((a, b) => a.to - b.to);
  const lengths: number[] = [];
  for (const [index, call] of ordered.entries()) {
    const before = ordered
      .slice(0, index)
      .map((other, at) => (other.to <= call.from ? (lengths[at] ?? 0) : 0));
    lengths.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...lengths);
}

/** Nothing is asked of the instance here. */
function idleMachine(): Machine {
  return {
    boot: async () => undefined,
    halt: async () => undefined,
    reinstall: async () => undefined,
    run: async () => ({ exitCode: 0, stdout: '{"homes":[]}', stderr: '', timedOut: false }),
    port: 9,
    portOf: () => 9,
    homes: { root: '/root/.pm2', app: '/home/ec2-user/.pm2' },
    appRoot: '/opt/apps',
    onLogLine: () => () => undefined,
    close: async () => undefined,
  };
}
