import { connect as open } from 'node:net';
import { type Connection, createConnection } from 'mysql2';
import type { DatabaseConfig } from '../config.ts';
import { createTokenSigner } from './iam-token.ts';

const connectMs = 5_000;

/** Returns what opens a connection and logs in, with a fresh IAM token each time or the password. Rejects with the driver's error. */
export function createConnect(config: DatabaseConfig): () => Promise<Connection> {
  const { host, port, tunnel, login, authority } = config;
  const options = {
    host,
    port,
    user: config.user,
    database: config.name,
    connectTimeout: connectMs,
    charset: 'utf8mb4_general_ci',
    timezone: 'Z',
    decimalNumbers: true,
    // Over a tunnel the certificate's name stays the endpoint's.
    ...(tunnel && { stream: () => open({ ...tunnel, noDelay: true, keepAlive: true }) }),
    ...(authority && { ssl: { ca: authority, minVersion: 'TLSv1.2', verifyIdentity: true } }),
    ...(login.kind === 'password' ? { password: login.password } : { authPlugins: tokens(config, login) }),
  };
  return () =>
    new Promise((resolve, reject) => {
      const connection = createConnection(options);
      // Without a listener the loss of an idle connection would end the process.
      connection.on('error', () => {});
      connection.connect((error) => {
        if (!error) return resolve(connection);
        connection.destroy();
        reject(error);
      });
    });
}

/** RDS asks for the token as a clear-text password, inside TLS. */
function tokens({ host, port, user }: DatabaseConfig, { region }: { region: string }) {
  const sign = createTokenSigner({ host, port, user, region });
  return { mysql_clear_password: () => async () => Buffer.from(`${await sign()}\0`) };
}
