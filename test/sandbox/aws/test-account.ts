import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount } from '../../../sandbox/aws/account.ts';
import { principals } from '../../../sandbox/aws/auth/authenticate.ts';
import { createClock } from '../../../sandbox/clock.ts';
import type { World } from '../../../sandbox/worlds/world.ts';
import { type ClientOptions, type Clients, createClients } from '../../../src/aws/client/clients.ts';
import { createFakeMachine } from './fake-machine.ts';

export const region = 'ap-southeast-1';
export const backend = 'i-080c218b1eb3925ee';
export const bastion = 'i-0123456789abcdef0';
export const database = 'd2-ride-booking-dev-rds-mysql';

/** The SDK's clients with their own errors: what the sandbox says by name is held to AWS's. */
export function createSdkClients(options: ClientOptions): Clients {
  const clients = createClients(options);
  for (const service of Object.values<unknown>(clients)) {
    if (!isService(service)) continue;
    for (const { middlewareStack } of [service.reading, service.changing])
      middlewareStack.remove('translateErrors');
  }
  return clients;
}

type Client = Pick<Clients['ec2']['reading'], 'middlewareStack'>;

const isService = (value: unknown): value is { reading: Client; changing: Client } =>
  typeof value === 'object' && value !== null && 'reading' in value && 'changing' in value;

/** An account before an instance that is only bash, with documents of the test's own, and the SDK's clients. */
export async function startTestAccount(documents: Record<string, string> = {}, world?: World) {
  const folder = await mkdtemp(join(tmpdir(), 'd2-account-'));
  for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, `${name}.yaml`), text);
  const clock = createClock();
  const machine = await createFakeMachine();
  const account = await createAccount({ clock, machine, documentsFolder: folder, ...(world && { world }) });
  const server = createServer((request, response) => void account.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/aws`;
  const credentials = principals.find(({ name }) => name === 'bot') ?? {
    accessKeyId: '',
    secretAccessKey: '',
  };
  const clients = createSdkClients({ region, endpoint, credentials, requestTimeout: 3_000 });
  return {
    account,
    clients,
    clock,
    credentials,
    endpoint,
    machine,
    async close() {
      clients.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await account.close();
      await machine.close();
      clock.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestAccount = Awaited<ReturnType<typeof startTestAccount>>;
