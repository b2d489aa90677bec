import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { clientsOf, portOf } from '../wire.ts';

// It comes without types.
const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite');

/** A DynamoDB on loopback with the bot's table in it. */
export async function startTable(name = 'd2-chatops') {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const clients = clientsOf(url);
  const command = new CreateTableCommand({
    TableName: name,
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await clients.dynamo.changing.send(command);
  return {
    url,
    name,
    dynamo: clients.dynamo.reading,
    async close(): Promise<void> {
      clients.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
