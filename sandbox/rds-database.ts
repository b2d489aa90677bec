import { writeFile } from 'node:fs/promises';
import { createConnection } from 'mysql2/promise';
import { masterPassword, region } from './aws/constants.ts';
import { createDatabase, type Database } from './database/database.ts';
import type { Credential } from './database/iam-token.ts';
import { findMariaDb } from './database/mariadb.ts';
import type { DatabaseConnection } from './instance/deploy.ts';
import type { DatabaseProcess } from './interfaces.ts';

interface RdsDatabaseOptions {
  /** Its address by RDS. */
  endpoint: string;
  /** Below it lies all that the database writes. */
  folder: string;
  /** Brings the emptied schema up to the release's. */
  migrate(): Promise<void>;
  credentialOf(accessKeyId: string): Credential | undefined;
}

export interface RdsDatabase extends DatabaseProcess, DatabaseConnection {
  /** What its login does not check, in a sentence. */
  unchecked: string;
  close(): Promise<void>;
}

/** MariaDB as the account's RDS instance; undefined where it is not installed. */
export async function createRdsDatabase(options: RdsDatabaseOptions): Promise<RdsDatabase | undefined> {
  if (!findMariaDb()) return undefined;
  const { endpoint, folder, migrate, credentialOf } = options;
  const database = await createDatabase({
    folder: `${folder}/db`,
    env: { D2_SANDBOX_FOLDER: folder },
    region,
    endpoint: { host: endpoint, port: 3306 },
    credentialOf,
    masterPassword,
    log: (line) => process.stderr.write(`sandbox: the database: ${line}\n`),
  });
  const authority = `${folder}/rds-ca.pem`;
  await writeFile(authority, database.ca);

  return {
    tunnel: database.tunnel,
    unchecked: database.unchecked,
    authority,
    start: database.start,
    stop: database.stop,
    async reset() {
      await database.start();
      await empty(database);
      await migrate();
    },
    close: database.close,
  };
}

/** Drops all that was written since its setup. */
async function empty({ tunnel, ca, name }: Database): Promise<void> {
  const connection = await createConnection({
    ...tunnel,
    user: 'admin',
    password: masterPassword,
    ssl: { ca },
  });
  await connection.query(`drop database ${name}`);
  await connection.query(`create database ${name}`);
  await connection.end();
}
