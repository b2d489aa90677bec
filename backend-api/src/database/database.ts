import { CompiledQuery, Kysely, MysqlDialect } from 'kysely';
import type { Logger } from 'pino';
import type { DatabaseConfig } from '../config.ts';
import { createConnect } from './connect.ts';
import { DatabaseUnavailable, failureOf } from './failure.ts';
import { createPool, type PoolFigures } from './pool.ts';
import type { Schema } from './schema.ts';

export interface DatabaseState {
  state: 'up' | 'down' | 'not configured';
  /** Why it is down: a driver's or the network's code. */
  reason?: string;
  pool?: PoolFigures;
}

/** The database as the service sees it; also what Nest injects. */
export abstract class Database {
  /** Rejects with DatabaseUnavailable when it can't be asked. */
  abstract readonly db: Kysely<Schema>;
  /** Asks it, within two seconds. */
  abstract look(): Promise<DatabaseState>;
  abstract close(): Promise<void>;
}

const lookMs = 2_000;
const everyMs = 5_000;

/** Never throws for a database that is away: it is looked for every five seconds, and its comings and goings are logged. */
export function createDatabase(config: DatabaseConfig | undefined, log: Logger): Database {
  if (!config) return createAbsent(log);
  const { host, user, poolSize, login, tunnel } = config;
  let up: boolean | undefined;
  let initialized = false;

  function see(reason: string | undefined): void {
    if (reason === undefined) {
      if (!initialized)
        log.info({ host, user, login: login.kind, size: poolSize, tunnel }, 'Database pool initialized');
      else if (up === false) log.info({ host }, 'Database is back');
      initialized = true;
    } else if (up !== false) log.error({ host, reason }, `Database is unavailable (${reason}): retrying`);
    up = reason === undefined;
  }

  const pool = createPool({
    size: poolSize,
    connect: createConnect(config),
    onConnected: () => see(undefined),
  });
  const db = new Kysely<Schema>({ dialect: new MysqlDialect({ pool }) });

  async function ask(): Promise<DatabaseState> {
    const reason = await within(lookMs, db.executeQuery(CompiledQuery.raw('select 1'))).then(
      () => undefined,
      (error: unknown) => {
        const failure = failureOf(error);
        return failure instanceof DatabaseUnavailable ? failure.code : 'UNEXPECTED';
      },
    );
    see(reason);
    return { state: reason === undefined ? 'up' : 'down', ...(reason && { reason }), pool: pool.figures() };
  }

  // However many ask at once, the database is asked once.
  let asking: Promise<DatabaseState> | undefined;
  function look(): Promise<DatabaseState> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }
  void look();
  const timer = setInterval(() => void look(), everyMs).unref();

  return {
    db,
    look,
    async close() {
      clearInterval(timer);
      await db.destroy();
    },
  };
}

function createAbsent(log: Logger): Database {
  log.warn('no database is configured: set DB_HOST');
  const refused = () => {
    throw new DatabaseUnavailable('NOT_CONFIGURED');
  };
  const pool = { getConnection: refused, end: (done: (error: unknown) => void) => done(undefined) };
  return {
    db: new Kysely<Schema>({ dialect: new MysqlDialect({ pool }) }),
    look: async () => ({ state: 'not configured' }),
    close: async () => {},
  };
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DatabaseUnavailable('TIMEOUT')), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
