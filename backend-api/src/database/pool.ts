import type { MysqlPool, MysqlPoolConnection, MysqlQueryResult } from 'kysely';
import type { Connection } from 'mysql2';
import { Pool, TimeoutError } from 'tarn';
import { DatabaseUnavailable, failureOf } from './failure.ts';

export interface PoolFigures {
  /** Most connections at once. */
  size: number;
  open: number;
  idle: number;
  /** Requests that wait for a connection. */
  waiting: number;
}

export interface ConnectionPool extends MysqlPool {
  figures(): PoolFigures;
}

interface Options {
  size: number;
  connect: () => Promise<Connection>;
  /** Told of every new connection. */
  onConnected: () => void;
  /** How long a request may wait for a connection, and a statement for its answer. */
  acquireMs?: number;
  statementMs?: number;
}

/** What waits behind this many others is refused at once: it would only be late. */
const queuePerConnection = 30;

/** Connections that are made when needed, and never handed out once broken. Every failure comes as failureOf tells it. */
export function createPool(options: Options): ConnectionPool {
  const { size, connect, onConnected, acquireMs = 5_000, statementMs = 10_000 } = options;
  const broken = new WeakSet<Connection>();
  const pool = new Pool<Connection>({
    min: 0,
    max: size,
    acquireTimeoutMillis: acquireMs,
    createTimeoutMillis: acquireMs,
    idleTimeoutMillis: 60_000,
    propagateCreateError: true,
    async create() {
      const connection = await connect();
      for (const event of ['error', 'end']) connection.on(event, () => broken.add(connection));
      onConnected();
      return connection;
    },
    validate: (connection) => !broken.has(connection),
    destroy: (connection) => connection.destroy(),
    log: () => {},
  });
  let closed = false;

  function lend(connection: Connection): MysqlPoolConnection {
    return {
      query(sql: string, values: unknown[], done?: (error: unknown, result: MysqlQueryResult) => void) {
        const query = connection.query({ sql, values, timeout: statementMs }, (error, result) => {
          // A lost connection tells either its statement or its listeners; and after a timeout the answer may still come, and would be taken for the next one's.
          if (error && isOver(error)) broken.add(connection);
          done?.(error && failureOf(error), result as MysqlQueryResult);
        });
        return query as never;
      },
      release() {
        pool.release(connection);
      },
    };
  }

  return {
    getConnection(done) {
      const none = undefined as never;
      if (closed) return done(new DatabaseUnavailable('POOL_CLOSED'), none);
      if (pool.numPendingAcquires() >= size * queuePerConnection)
        return done(new DatabaseUnavailable('POOL_FULL'), none);
      pool.acquire().promise.then(
        (connection) => done(null, lend(connection)),
        (error: unknown) =>
          done(
            error instanceof TimeoutError
              ? new DatabaseUnavailable('POOL_TIMEOUT', { cause: error })
              : failureOf(error),
            none,
          ),
      );
    },
    end(done) {
      closed = true;
      pool.destroy().then(() => done(undefined), done);
    },
    figures: () => ({
      size,
      open: pool.numUsed() + pool.numFree(),
      idle: pool.numFree(),
      waiting: pool.numPendingAcquires(),
    }),
  };
}

const isOver = (error: object): boolean =>
  ('fatal' in error && error.fatal === true) ||
  ('code' in error && error.code === 'PROTOCOL_SEQUENCE_TIMEOUT');
