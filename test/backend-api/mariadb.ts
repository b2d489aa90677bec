import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { findMariaDb } from '../../sandbox/database/mariadb.ts';
import { findPort } from '../../sandbox/port.ts';
import { madeOnce } from '../made-once.ts';
import { has } from '../needs.ts';
import { run } from '../run-program.ts';

const programs = findMariaDb();

export const hasMariaDb = has('mariadbd', programs !== undefined);

export interface MariaDb {
  /** What backend-api needs to reach it as app_user, which may not change the schema. */
  settings: Record<string, string>;
  /** The same as the owner of the schema. */
  adminSettings: Record<string, string>;
  /** A connection as the owner. */
  connect(): Promise<Connection>;
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

const database = 'ridebooking';
const owner = { user: 'owner', password: 'of-a-test-only' };
const service = { user: 'app_user', password: 'of-a-test-only-too' };

const settings = [
  '--no-defaults',
  `--user=${userInfo().username}`,
  '--innodb-log-file-size=8M',
  '--innodb-buffer-pool-size=32M',
  '--skip-name-resolve',
];

// A statement a line; without the flush there are no users yet that a statement could speak of.
const setup = `flush privileges;
create database ${database} character set utf8mb4;
create user '${owner.user}'@'%' identified by '${owner.password}';
grant all on *.* to '${owner.user}'@'%' with grant option;
create user '${service.user}'@'%' identified by '${service.password}';
grant select, insert, update, delete on ${database}.* to '${service.user}'@'%';
`;

/** A data folder that no server has used: laying one out takes longer than all else. */
async function layOut(folder: string): Promise<void> {
  const file = join(folder, 'setup.sql');
  await writeFile(file, setup);
  await run(programs?.install ?? '', [
    ...settings,
    `--datadir=${join(folder, 'data')}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    `--extra-file=${file}`,
  ]);
}

/** A MariaDB of the test's own: own folder, own port, gone with `close`. */
export async function startMariaDb(): Promise<MariaDb> {
  if (!programs) throw new Error('mariadbd is not installed');
  const laidOut = await madeOnce('mariadb', layOut);
  const folder = await mkdtemp(join(tmpdir(), 'd2-db-'));
  const data = join(folder, 'data');
  await cp(join(laidOut, 'data'), data, { recursive: true });
  const port = await findPort();
  const reach = { host: '127.0.0.1', port, ...owner };
  let child: ChildProcess | undefined;
  let stoppedBy: NodeJS.Signals | null | undefined;

  async function start(): Promise<void> {
    const where = [
      `--datadir=${data}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--socket=${join(folder, 's')}`,
    ];
    const limits = [
      '--max-connections=400',
      '--innodb-flush-log-at-trx-commit=2',
      '--innodb-lock-wait-timeout=5',
    ];
    child = spawn(programs?.server ?? '', [...settings, ...where, ...limits], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    stoppedBy = undefined;
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const ended = once(child, 'exit').then(([code, killedBy]) => {
      if (!said.includes('ready for connections')) throw new Error(`mariadbd did not start:\n${said}`);
      if (killedBy !== stoppedBy) console.error(`mariadbd ended with ${code ?? killedBy}:\n${said}`);
    });
    ended.catch(() => undefined);
    while (!said.includes('ready for connections')) await Promise.race([sleep(20), ended]);
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    // Asked to end it does so by itself.
    stoppedBy = signal === 'SIGTERM' ? null : signal;
    child.kill(signal);
    await exited;
  }

  await start();
  const place = { DB_HOST: reach.host, DB_PORT: String(port), DB_NAME: database, DB_TLS: 'false' };
  return {
    settings: { ...place, DB_USER: service.user, DB_PASSWORD: service.password },
    adminSettings: { ...place, DB_USER: reach.user, DB_PASSWORD: reach.password },
    connect: () => createConnection({ ...reach, database, timezone: 'Z', multipleStatements: true }),
    start,
    stop,
    async close() {
      await stop('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
