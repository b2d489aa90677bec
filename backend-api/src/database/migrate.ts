import { Kysely, Migrator, MysqlDialect } from 'kysely';
import type { DatabaseConfig } from '../config.ts';
import { createConnect } from './connect.ts';
import { migrations } from './migrations/index.ts';
import { createPool } from './pool.ts';

export interface MigrationOutcome {
  name: string;
  status: 'done' | 'failed' | 'not run';
}

/**
 * Brings the schema up to the newest of `migrations/`, one after the other, each recorded in `kysely_migration`.
 * The database's own lock lets one at a time do so; who comes second finds nothing left to do.
 */
export async function migrate(
  config: DatabaseConfig,
): Promise<{ outcomes: MigrationOutcome[]; error?: unknown }> {
  const pool = createPool({
    size: 2,
    connect: createConnect(config),
    onConnected: () => {},
    acquireMs: 15_000,
    // A change of a large table takes its time, and so does who waits for the lock.
    statementMs: 3_600_000,
  });
  const db = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { results = [], error } = await migrator.migrateToLatest();
    const words = { Success: 'done', Error: 'failed', NotExecuted: 'not run' } as const;
    const outcomes = results.map(({ migrationName, status }) => ({
      name: migrationName,
      status: words[status],
    }));
    return { outcomes, ...(error !== undefined && { error }) };
  } finally {
    await db.destroy();
  }
}
