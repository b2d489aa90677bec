import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { database, pool, region } from '../aws/world.ts';

export interface Front {
  /** Where the database's front listens. */
  tunnel: { host: string; port: number };
  /** The file of the authority that signed its certificate. */
  authority: string;
}

interface Surroundings {
  /** The sandbox's own address. */
  url: string;
  database: Front | undefined;
}

/** backend-api's settings as a deployment writes them: tokens are checked with the account's keys, the database is reached by IAM. */
export function settingsOf({ url, database: front }: Surroundings): Record<string, string> {
  return {
    AWS_REGION: region,
    COGNITO_USER_POOL_ID: pool.id,
    COGNITO_CLIENT_ID: pool.client,
    COGNITO_JWKS_URI: `${url}/aws/${pool.id}/.well-known/jwks.json`,
    ...(front && {
      DB_HOST: database.endpoint,
      DB_PORT: '3306',
      DB_NAME: 'ridebooking',
      DB_USER: 'app_user',
      DB_IAM_AUTH: 'true',
      DB_TUNNEL: `${front.tunnel.host}:${front.tunnel.port}`,
      DB_CA_FILE: front.authority,
    }),
  };
}

/** Brings the schema up to the release's, as the master user does at a deployment. Rejects with what the migration said. */
export async function migrate(appRoot: string, masterPassword: string): Promise<void> {
  const child = spawn(process.execPath, ['dist/migrate.js'], {
    cwd: join(appRoot, 'backend-api/current'),
    // The rest is in the release's .env.
    env: { DB_USER: 'admin', DB_PASSWORD: masterPassword, DB_IAM_AUTH: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the sandbox's database was not migrated: ${said.trim()}`);
}
