import { once } from 'node:events';
import { request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { table } from './constants.ts';
import { AwsError } from './errors.ts';
import { type Action, type Input, mapOf, type Service, textOf } from './service.ts';

const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'CreateTable', 'DeleteTable'];
const reads = ['GetItem', 'Query', 'Scan', 'BatchGetItem', 'DescribeTable', 'ListTables'];

/** DynamoDB where there is no table. */
export const noTables: Service = {
  name: 'dynamodb',
  protocol: 'json',
  actions: Object.fromEntries(
    [...reads, ...writes].map((name): [string, Action] => [
      name,
      {
        run(input) {
          if (name === 'ListTables') return { TableNames: [] };
          const message = `Requested resource not found: Table: ${textOf(input, 'TableName')} not found`;
          throw new AwsError('ResourceNotFoundException', message);
        },
      },
    ]),
  ),
};

/** DynamoDB by dynalite, in memory, behind this account's own endpoint, so that faults and the ledger apply to it. */
export async function startDynamoDb() {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const call = (action: string, input: Input): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const request = ask(
        {
          host: '127.0.0.1',
          port,
          method: 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': `DynamoDB_20120810.${action}`,
            // dynalite wants a signature and checks none.
            authorization:
              'AWS4-HMAC-SHA256 Credential=a/20260101/ap-southeast-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a',
            'x-amz-date': '20260101T000000Z',
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as {
              __type?: string;
              message?: string;
              Message?: string;
            };
            if (response.statusCode === 200) resolve(body);
            else
              reject(
                new AwsError(
                  body.__type?.split('#').at(-1) ?? 'InternalServerError',
                  body.message ?? body.Message ?? '',
                  response.statusCode,
                ),
              );
          });
        },
      );
      request.on('error', reject);
      request.end(JSON.stringify(input));
    });

  const createTable = () =>
    call('CreateTable', {
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
  await createTable();

  const keyOf = (input: Input): string =>
    textOf(mapOf(Object.hasOwn(input, 'Key') ? mapOf(input, 'Key') : mapOf(input, 'Item'), 'pk'), 'S');
  const actions = Object.fromEntries([
    ...reads.map((name): [string, Action] => [name, { run: (input) => call(name, input) }]),
    ...writes.map((name): [string, Action] => [
      name,
      { run: (input) => call(name, input), changes: (input) => [keyOf(input) || textOf(input, 'TableName')] },
    ]),
  ]);
  const service: Service = { name: 'dynamodb', protocol: 'json', actions };

  return {
    service,
    async reset() {
      const { Items = [] } = (await call('Scan', { TableName: table, ProjectionExpression: 'pk' })) as {
        Items?: unknown[];
      };
      await Promise.all(Items.map((Key) => call('DeleteItem', { TableName: table, Key })));
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
