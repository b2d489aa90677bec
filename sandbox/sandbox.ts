import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAccount, type DisturbableAccount } from './aws/account.ts';
import { createCredentials } from './aws/auth/credentials.ts';
import { createClock } from './clock.ts';
import { type Composition, compose } from './endpoints.ts';
import { settingsOf } from './instance/deploy.ts';
import { createMachine } from './instance/machine.ts';
import type { Machine } from './interfaces.ts';
import { createEngine, type RealEngine } from './rds-database.ts';
import { startServer } from './server.ts';
import { servePage } from './slack/page/serve.ts';
import { createFolder } from './temporary-folder.ts';

export interface Sandbox extends Composition {
  /** The only place that it writes to; gone when it ends. */
  folder: string;
  machine: Machine;
  account: DisturbableAccount;
  /** Where the account's database listens; undefined without MariaDB: then RDS is for show, and backend-api has none. */
  database: Pick<RealEngine, 'tunnel' | 'unchecked'> | undefined;
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** 0, the default, takes any free one. */
  port?: number;
  /** How many times faster than AWS its states pass. */
  speed?: number;
  /** The built backend-api that the instance runs. */
  backend?: string;
}

const ownBackend = fileURLToPath(new URL('../backend-api', import.meta.url));

/** Starts an AWS account, its instance and a Slack workspace on 127.0.0.1. Rejects, with all of it ended, when one can't start. */
export async function createSandbox({
  port = 0,
  speed = 1,
  backend = ownBackend,
}: SandboxOptions = {}): Promise<Sandbox> {
  const ends: (() => Promise<void> | void)[] = [];
  /** Last begun, first ended; the folder goes even if a part fails to end. */
  async function close(): Promise<void> {
    const results = [];
    for (const end of ends.splice(0).reverse())
      results.push(...(await Promise.allSettled([Promise.resolve().then(end)])));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  try {
    const folder = await createFolder();
    ends.push(folder.close);
    const clock = createClock({ speed });
    ends.push(clock.close);
    const server = await startServer(port);
    ends.push(server.close);
    const credentials = createCredentials();
    const engine = await createEngine({
      folder: folder.path,
      appRoot: () => machine.appRoot,
      credentialOf: credentials.credentialOf,
    });
    if (engine) ends.push(engine.close);
    const machine = await createMachine({
      folder: join(folder.path, 'i'),
      backend,
      clock,
      settings: settingsOf({ url: server.url, database: engine }),
      environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url },
    });
    ends.push(machine.close);
    await engine?.reset();
    const account = await createAccount({
      credentials,
      clock,
      machine,
      engine,
      onHandle: (handle) => server.serve([handle]),
    });
    ends.push(account.close);
    const composition = compose({ server, clock, account, page: await servePage() });
    ends.push(composition.close);
    return {
      ...composition,
      folder: folder.path,
      machine,
      account,
      database: engine,
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}
