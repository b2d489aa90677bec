import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configurationOf } from '../sandbox/configuration.ts';
import { ownWorld } from '../sandbox/worlds/own.ts';
import { type Stub, startStub } from './slack-stub.ts';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const rounds = [
  { atOnce: 1, total: 300 },
  { atOnce: 10, total: 1_000 },
  { atOnce: 50, total: 2_000 },
  { atOnce: 100, total: 2_000 },
];

/** Acknowledgement by the whole bot, with AWS down, against a bare Bolt app that only acknowledges: same socket, same load, one run. */
export async function benchAcknowledgement(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'd2-bench-'));
  const config = join(folder, 'd2.yaml');
  await writeFile(
    config,
    configurationOf(ownWorld, {
      machine: { homes: { root: '/root/.pm2', app: '/home/ec2-user/.pm2' }, appRoot: '/opt/apps' },
      urls: {},
    }),
  );
  try {
    const bare = await measure(file('./bare-bolt.mjs'), {});
    // Nothing listens on port 9: every call to AWS is refused.
    const bot = await measure(file('../dist/main.js'), {
      D2_CONFIG: config,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_EC2_METADATA_DISABLED: 'true',
      LOG_LEVEL: 'silent',
      TMPDIR: folder,
    });
    return [
      'acknowledgement: the bot (AWS down) against a bare Bolt app',
      ...rounds.map(({ atOnce }, index) => {
        const [a, b] = [bare[index], bot[index]];
        if (!a || !b) return '';
        return `  ${String(atOnce).padStart(3)} at once: p50 ×${(b.p50 / a.p50).toFixed(2)}, p99 ×${(b.p99 / a.p99).toFixed(2)}  (bot p99 ${b.p99.toFixed(1)} ms, worst ${b.worst.toFixed(0)} ms; bare p99 ${a.p99.toFixed(1)} ms)`;
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(script: string, env: Record<string, string>) {
  const stub = await startStub();
  const child = spawn(process.execPath, [script], {
    env: {
      PATH: process.env.PATH,
      SLACK_API_URL: `${stub.url}/api/`,
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_APP_TOKEN: 'xapp-bench',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await Promise.race([stub.connected(), died(child)]);
    await stub.load(300, 10, 'help');
    return await run(stub);
  } finally {
    child.kill('SIGKILL');
    await stub.close();
  }
}

async function run(stub: Stub) {
  const results: { p50: number; p99: number; worst: number }[] = [];
  for (const { total, atOnce } of rounds) {
    const { each } = await stub.load(total, atOnce, 'help');
    const sorted = [...each].sort((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    results.push({ p50: at(0.5), p99: at(0.99), worst: at(1) });
  }
  return results;
}

const died = (child: ChildProcess) =>
  new Promise<never>((_, reject) =>
    child.once('exit', (code) => reject(new Error(`the app ended with ${code} before it connected`))),
  );
