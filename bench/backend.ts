import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { findPort } from '../sandbox/port.ts';
import { median } from '../src/core/operation/median.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../test/backend-api/mariadb.ts';
import { runMigrations, startService } from '../test/backend-api/service.ts';
import { startPool } from '../test/backend-api/tokens.ts';

const rounds = 5;
const seconds = 3;
const connections = 32;

interface Target {
  url: string;
  headers?: Record<string, string>;
}

/** backend-api's rate against a bare Nest application's: the health route, and a profile with and without a token. */
export async function benchBackend(): Promise<string[]> {
  if (!hasMariaDb) return ['backend-api: left out, mariadbd is not installed'];
  const database = await startMariaDb();
  const pool = await startPool();
  const sub = randomUUID();
  await runMigrations(database.adminSettings);
  const service = await startService({ ...database.settings, ...pool.settings });
  const headers = { authorization: `Bearer ${await pool.token({ sub, groups: ['PASSENGER'] })}` };
  await createProfile(service.url, headers);
  const bare = await startBare(database, sub);
  try {
    return [
      await compare('GET /health', { url: `${service.url}/health` }, { url: `${bare.url}/health` }, 0.85),
      await compare(
        'GET /profile with a token',
        { url: `${service.url}/profile`, headers },
        { url: `${bare.url}/profile` },
        0.7,
      ),
    ];
  } finally {
    bare.child.kill('SIGKILL');
    await service.stop();
    await pool.close();
    await database.close();
  }
}

async function createProfile(url: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${url}/profile`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'pia@example.com', fullName: 'Pia Passenger', phone: null }),
  });
  if (!response.ok) throw new Error(`POST /profile: ${response.status} ${await response.text()}`);
}

async function startBare(database: MariaDb, sub: string) {
  const port = await findPort();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../backend-api/bench/bare-nest.mjs', import.meta.url))],
    {
      env: { ...database.settings, PORT: String(port), SUB: sub },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}` };
}

/** Turn and turn about, so that what else the machine does hits both. */
async function compare(name: string, ours: Target, bare: Target, bar: number): Promise<string> {
  const seen = { ours: [] as Round[], bare: [] as Round[] };
  for (const target of [ours, bare]) await run(target, 1);
  for (let round = 0; round < rounds; round++) {
    seen.ours.push(await run(ours, seconds));
    seen.bare.push(await run(bare, seconds));
  }
  const middle = (all: readonly Round[], of: keyof Round) =>
    median(all.map((round) => round[of])) ?? Number.NaN;
  const ratio = middle(seen.ours, 'rate') / middle(seen.bare, 'rate');
  return (
    `${name}: ×${ratio.toFixed(2)} of the bare route's rate (bar ${bar}), ` +
    `${middle(seen.ours, 'rate').toFixed(0)}/s against ${middle(seen.bare, 'rate').toFixed(0)}/s; ` +
    `p99 ${middle(seen.ours, 'p99').toFixed(1)} ms against ${middle(seen.bare, 'p99').toFixed(1)} ms at ${connections} connections`
  );
}

interface Round {
  rate: number;
  p99: number;
}

async function run({ url, headers }: Target, duration: number): Promise<Round> {
  const result = await autocannon({ url, connections, duration, ...(headers && { headers }) });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} not 2xx, ${result.errors} errors`);
  return { rate: result.requests.average, p99: result.latency.p99 };
}
