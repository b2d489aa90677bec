import { randomBytes } from 'node:crypto';
import { makeCertificates } from '../certificates.ts';
import { type Credential, tokenChecksMissing } from './iam-token.ts';
import { createMariaDb } from './mariadb.ts';
import { setupOf } from './mariadb-settings.ts';
import { createProxy } from './proxy.ts';

interface DatabaseOptions {
  /** Of its own, not there yet, its path short; `close` removes it. */
  folder: string;
  /** Marks MariaDB's process as the sandbox's. */
  env?: Readonly<Record<string, string>>;
  region: string;
  /** What the account calls the instance's address: certificate and tokens are for it. */
  endpoint: { host: string; port: number };
  /** The account's credentials, by access key. */
  credentialOf(accessKeyId: string): Credential | undefined;
  /** Of the user `admin`. */
  masterPassword: string;
  /** For tokens' times; real time without it. */
  now?: () => Date;
  log(line: string): void;
}

/** The MySQL behind the account's RDS instance. */
export interface Database {
  /** Where it listens, the same at every start: a client connects here and means the endpoint. */
  readonly tunnel: { host: string; port: number };
  /** PEM of the authority to trust. */
  readonly ca: string;
  readonly name: string;
  /** What it can't check of a token: a sentence to print. */
  readonly unchecked: string;
  /** Resolves once clients can connect. */
  start(): Promise<void>;
  /** Cuts the connections and refuses new ones; what was written stays. */
  stop(): Promise<void>;
  /** As a crash. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

const name = 'ridebooking';
const iamUsers = ['app_user'];

/** A stopped database: the first start lays it out. Rejects where MariaDB is not installed: see findMariaDb. */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const { folder, env, region, endpoint, credentialOf, masterPassword, log } = options;
  const users = iamUsers.map((user) => ({ name: user, password: randomBytes(24).toString('base64url') }));
  const mariaDb = await createMariaDb({
    folder,
    env,
    setup: setupOf({
      database: name,
      master: { name: 'admin', password: masterPassword },
      iamUsers: users,
    }),
    onLost(lastOutput) {
      log(`MariaDB has ended by itself: ${lastOutput}`);
      void inTurn(proxy.close);
    },
  });
  const { ca, cert, key } = await makeCertificates(endpoint.host);
  const proxy = await createProxy({
    upstream: mariaDb.socketPath,
    tls: { cert, key },
    endpoint,
    region,
    credentialOf,
    now: options.now ?? (() => new Date()),
    iamUsers: users,
    log,
  });

  // Starts and stops take their turns.
  let turn: Promise<void> = Promise.resolve();
  function inTurn(act: () => Promise<void>): Promise<void> {
    const acted = turn.then(act);
    turn = acted.catch(() => {});
    return acted;
  }
  async function end(how: () => Promise<void>): Promise<void> {
    await proxy.close();
    await how();
  }

  return {
    tunnel: { host: '127.0.0.1', port: proxy.port },
    ca,
    name,
    unchecked: tokenChecksMissing,
    start: () =>
      inTurn(async () => {
        await mariaDb.start();
        await proxy.open().catch(async (error: unknown) => {
          await mariaDb.stop();
          throw error;
        });
      }),
    stop: () => inTurn(() => end(mariaDb.stop)),
    kill: () => inTurn(() => end(mariaDb.kill)),
    close: () => inTurn(() => end(mariaDb.close)),
  };
}
