import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Signer } from '@aws-sdk/rds-signer';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { createDatabase } from '../../../sandbox/database/database.ts';
import type { Credential } from '../../../sandbox/database/iam-token.ts';
import { findMariaDb } from '../../../sandbox/database/mariadb.ts';
import { has } from '../../needs.ts';

export const hasMariaDb = has('mariadbd', findMariaDb() !== undefined);

export const region = 'ap-southeast-1';
/** As long as RDS makes them: over the 64 characters of a common name. */
export const endpoint = {
  host: 'd2-ride-booking-dev-rds-mysql.cd2sandbox00.ap-southeast-1.rds.amazonaws.com',
  port: 3306,
};
export const masterPassword = `it's \\ "of" the sandbox's %1`;

export const person = { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox-secret-access-key' };
export const role = {
  accessKeyId: 'ASIASANDBOX000000000',
  secretAccessKey: 'of/a+role=',
  sessionToken: 'session/of+a=role'.repeat(40),
};

/** A database of the sandbox's, with a clock and credentials that a test may turn. */
export async function startTestDatabase() {
  const around = await mkdtemp(join(tmpdir(), 'd2-'));
  const folder = join(around, 'rds');
  const credentials = new Map<string, Credential>([person, role].map((each) => [each.accessKeyId, each]));
  const lines: string[] = [];
  const clock = { ahead: 0 };
  const database = await createDatabase({
    folder,
    env: { D2_SANDBOX_FOLDER: folder },
    region,
    endpoint,
    credentialOf: (id) => credentials.get(id),
    masterPassword,
    now: () => new Date(Date.now() + clock.ahead),
    log: (line) => lines.push(line),
  });
  const { tunnel, ca } = database;

  /** As backend-api connects: the endpoint's name, over a tunnel. */
  const open = (options: ConnectionOptions) =>
    createConnection({
      host: endpoint.host,
      port: endpoint.port,
      database: database.name,
      stream: () => connect(tunnel),
      ssl: { ca, minVersion: 'TLSv1.2', verifyIdentity: true },
      ...options,
    } as ConnectionOptions);

  return {
    database,
    folder,
    credentials,
    clock,
    lines,
    open,
    withToken: (token: string, options: ConnectionOptions = {}): Promise<Connection> =>
      open({
        user: 'app_user',
        authPlugins: { mysql_clear_password: () => () => Buffer.from(`${token}\0`) },
        ...options,
      }),
    asAdmin: (options: ConnectionOptions = {}) =>
      open({ user: 'admin', password: masterPassword, ...options }),
    async close(): Promise<void> {
      await database.close();
      await rm(around, { recursive: true, force: true });
    },
  };
}

export type TestDatabase = Awaited<ReturnType<typeof startTestDatabase>>;

/** A token as AWS's own signer makes it. */
export const signToken = (more: Partial<ConstructorParameters<typeof Signer>[0]> = {}) =>
  new Signer({
    hostname: endpoint.host,
    port: endpoint.port,
    username: 'app_user',
    region,
    credentials: person,
    ...more,
  }).getAuthToken();

/** What a driver's promise ends in: MySQL's or the network's code. */
export const codeOf = (opening: Promise<Connection>) =>
  opening.then(
    (connection) => {
      connection.destroy();
      return 'let in';
    },
    // The network's numbers are negative.
    ({ errno = 0, code }: { errno?: number; code?: string }) => (errno > 0 ? errno : code),
  );
