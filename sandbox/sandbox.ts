import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAccount, type DisturbableAccount } from './aws/account.ts';
import { createCredentials } from './aws/auth/credentials.ts';
import { masterPassword } from './aws/constants.ts';
import { createClock } from './clock.ts';
import { createEndpoints, type Endpoints } from './endpoints.ts';
import { migrate, settingsOf } from './instance/deploy.ts';
import { createMachine } from './instance/machine.ts';
import type { Machine } from './interfaces.ts';
import { createRdsDatabase, type RdsDatabase } from './rds-database.ts';
import { startServer } from './server.ts';
import { servePage } from './slack/page/serve.ts';
import { createTemporaryFolder } from './temporary-folder.ts';
import type { World } from './worlds/world.ts';
import { type WorldName, worlds } from './worlds/worlds.ts';

export interface Sandbox extends Endpoints {
  /** The only place that it writes to; gone when it ends. */
  folder: string;
  machine: Machine;
  account: DisturbableAccount;
  world: World;
  /** Where the account's database listens; undefined without MariaDB: then RDS has states only, and backend-api no database. */
  database: Pick<RdsDatabase, 'tunnel' | 'unchecked'> | undefined;
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** 0, the default, takes any free one. */
  port?: number;
  /** How many times faster than AWS its states pass. */
  speed?: number;
  /** What is in the account: what our Terraform makes, or what another team's made. */
  world?: WorldName;
  /** The built backend-api that the instance runs. */
  backend?: string;
}

const ownBackend = fileURLToPath(new URL('../backend-api', import.meta.url));

/** Starts an AWS account, its instance and a Slack workspace on 127.0.0.1. Rejects, with all of it ended, when one can't start. */
export async function createSandbox({
  port = 0,
  speed = 1,
  world: worldName = 'own',
  backend = ownBackend,
}: SandboxOptions = {}): Promise<Sandbox> {
  const world = worlds[worldName];
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
    const folder = await createTemporaryFolder();
    ends.push(folder.close);
    const clock = createClock({ speed });
    ends.push(clock.close);
    const server = await startServer(port);
    ends.push(server.close);
    const credentials = createCredentials(world);
    const database = await createRdsDatabase({
      endpoint: world.database.endpoint,
      folder: folder.path,
      migrate: () => migrate({ appRoot: machine.appRoot, settings, masterPassword }),
      credentialOf: credentials.credentialOf,
    });
    if (database) ends.push(database.close);
    const settings = settingsOf({ world, url: server.url, database });
    const machine = await createMachine({
      folder: join(folder.path, 'i'),
      backend,
      clock,
      world,
      settings,
      environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url },
    });
    ends.push(machine.close);
    await database?.reset();
    const account = await createAccount({
      world,
      credentials,
      clock,
      machine,
      database,
      onHandle: (handle) => server.serve([handle]),
    });
    ends.push(account.close);
    const composition = createEndpoints({ server, clock, account, page: await servePage() });
    ends.push(composition.close);
    return {
      ...composition,
      folder: folder.path,
      machine,
      account,
      world,
      database,
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}
