import { writeFile } from 'node:fs/promises';
import { createConnection } from 'mysql2/promise';
import { database as listed, masterPassword, region } from './aws/world.ts';
import { createDatabase, type Database } from './database/database.ts';
import type { Credential } from './database/iam-token.ts';
import { findMariaDb } from './database/mariadb.ts';
import { type Front, migrate } from './instance/deploy.ts';
import type { Engine } from './interfaces.ts';

interface EngineOptions {
  /** Below it lies all that the database writes. */
  folder: string;
  /** The folder that stands for /opt/apps, with a release in it. */
  appRoot: () => string;
  credentialOf(accessKeyId: string): Credential | undefined;
}

export interface RealEngine extends Engine, Front {
  /** What its login does not check, in a sentence. */
  unchecked: string;
  close(): Promise<void>;
}

const endpoint = { host: listed.endpoint, port: 3306 };

/** MariaDB as the account's RDS instance; undefined where it is not installed. */
export async function createEngine(options: EngineOptions): Promise<RealEngine | undefined> {
  if (!findMariaDb()) return undefined;
  const { folder, appRoot, credentialOf } = options;
  const database = await createDatabase({
    folder: `${folder}/db`,
    env: { D2_SANDBOX_FOLDER: folder },
    region,
    endpoint,
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
      await migrate(appRoot(), masterPassword);
    },
    close: database.close,
  };
}

/** As its setup left it, whatever was written since. */
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
