import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAccount } from '../../../sandbox/aws/account.ts';
import { createClock } from '../../../sandbox/clock.ts';
import { createMachine } from '../../../sandbox/instance/machine.ts';
import { machineUser } from '../../../sandbox/instance/user.ts';
import { createTemporaryFolder } from '../../../sandbox/temporary-folder.ts';
import { createAws } from '../../../src/aws/aws.ts';
import { settingsOf } from '../../environment-settings.ts';
import { createSdkClients } from './test-account.ts';

const backend = fileURLToPath(new URL('../../../backend-api', import.meta.url));
export const region = 'ap-southeast-1';
export const botKeys = { accessKeyId: 'AKIASANDBOX000000000', secretAccessKey: 'sandbox-secret-access-key' };

/** The account alone, behind a port of its own, with the bot's adapters and raw clients before it. */
export async function startAccountWithMachine() {
  const folder = await createTemporaryFolder();
  const clock = createClock();
  const machine = await createMachine({ folder: join(folder.path, 'i'), backend, clock });
  const account = await createAccount({ clock, machine });
  const server = createServer((request, response) => void account.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/aws`;
  const clientsOf = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
    createSdkClients({ region, endpoint, credentials });
  const clients = clientsOf(botKeys);
  const aws = createAws({
    region,
    endpoint,
    credentials: botKeys,
    table: 'd2-chatops',
    auditGroup: '/d2/chatops/audit',
  });
  const environment = aws.environment(
    settingsOf('dev', {
      pm2: {
        homes: [
          { home: machine.homes.root, user: machineUser },
          { home: machine.homes.app, user: machineUser },
        ],
        apps: machine.appRoot,
        logs: undefined,
      },
    }),
  );
  return {
    account,
    aws,
    environment,
    clients,
    clientsOf,
    clock,
    endpoint,
    machine,
    async close() {
      aws.close();
      clients.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await account.close();
      await machine.close();
      clock.close();
      await folder.close();
    },
  };
}
