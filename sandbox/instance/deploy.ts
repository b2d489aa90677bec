import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { region } from '../aws/constants.ts';
import type { World } from '../worlds/world.ts';

export interface DatabaseConnection {
  /** Where the database listens on loopback. */
  tunnel: { host: string; port: number };
  /** The file of the authority that signed its certificate. */
  authority: string;
}

interface DeploymentOptions {
  world: Pick<World, 'pool' | 'database'>;
  /** The sandbox's own address. */
  url: string;
  database: DatabaseConnection | undefined;
}

/** backend-api's settings as a deployment writes them: tokens are checked with the account's keys, the database is reached by IAM. */
export function settingsOf({ world, url, database }: DeploymentOptions): Record<string, string> {
  return {
    AWS_REGION: region,
    COGNITO_USER_POOL_ID: world.pool.id,
    COGNITO_CLIENT_ID: world.pool.client.id,
    COGNITO_JWKS_URI: `${url}/aws/${world.pool.id}/.well-known/jwks.json`,
    ...(database && {
      DB_HOST: world.database.endpoint,
      DB_PORT: '3306',
      DB_NAME: 'ridebooking',
      DB_USER: 'app_user',
      DB_IAM_AUTH: 'true',
      DB_TUNNEL: `${database.tunnel.host}:${database.tunnel.port}`,
      DB_CA_FILE: database.authority,
    }),
  };
}

interface MigrationOptions {
  /** The folder that stands for /opt/apps. */
  appRoot: string;
  settings: Readonly<Record<string, string>>;
  masterPassword: string;
}

/** Brings the schema up to the release's, as the master user does at a deployment. Rejects with the migration's output. */
export async function migrate({ appRoot, settings, masterPassword }: MigrationOptions): Promise<void> {
  const child = spawn(process.execPath, ['dist/migrate.js'], {
    cwd: join(appRoot, 'backend-api/current'),
    env: { ...settings, DB_USER: 'admin', DB_PASSWORD: masterPassword, DB_IAM_AUTH: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the sandbox's database was not migrated: ${output.trim()}`);
}
