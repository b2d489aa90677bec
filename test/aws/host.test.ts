import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { findHost } from '../../src/aws/host.ts';
import { checkHealth } from '../../src/aws/http-health.ts';
import { portOf } from './wire.ts';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

const call = () => ({ signal: AbortSignal.timeout(20_000) });

type Respond = Parameters<typeof createServer>[1];

async function listen(respond: Respond): Promise<string> {
  const server = createServer(respond ?? (() => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${portOf(server.address())}`;
}

test('on EC2 the bot learns its instance, by a token', async () => {
  const ec2Endpoint = await listen((request, response) => {
    if (request.method === 'PUT') response.end('token-1');
    else if (request.headers['x-aws-ec2-metadata-token'] === 'token-1') response.end('i-080c218b1eb3925ee');
    else response.writeHead(401).end();
  });
  expect(await findHost({ ec2Endpoint }, call())).toEqual({
    instance: 'i-080c218b1eb3925ee',
    task: undefined,
  });
  expect(await findHost({ ec2Endpoint, ec2Disabled: true }, call())).toEqual({});
});

test('in ECS the bot learns its task', async () => {
  const arn = 'arn:aws:ecs:ap-southeast-1:000011112222:task/d2/abc';
  const ecsUri = await listen((_, response) => response.end(JSON.stringify({ TaskARN: arn })));
  expect(await findHost({ ecsUri, ec2Disabled: true }, call())).toEqual({ instance: undefined, task: arn });
});

test('elsewhere, where something else or nothing answers, it knows nothing', async () => {
  const page = await listen((_, response) => response.end('<html>a router</html>'));
  const silent = await listen(() => {});
  expect(await findHost({ ec2Endpoint: page }, call())).toEqual({});
  expect(await findHost({ ec2Endpoint: silent }, call())).toEqual({});
});

test('health through the balancer is what it says, well or not', async () => {
  const url = await listen((request, response) => {
    response.writeHead(request.url === '/health' ? 503 : 404).end('{"status":"draining"}');
  });
  expect(await checkHealth(`${url}/health`, call())).toMatchObject({
    status: 503,
    body: '{"status":"draining"}',
  });
});

test('a body without end is read to its start only', async () => {
  const url = await listen((_, response) => {
    const timer = setInterval(() => response.write('x'.repeat(5_000)), 1);
    response.on('close', () => clearInterval(timer));
  });
  expect((await checkHealth(url, call())).body).toHaveLength(10_000);
});

test('a balancer that refuses or stays silent is an answer', async () => {
  const silent = await listen(() => {});
  const signal = AbortSignal.timeout(100);
  expect(await checkHealth(silent, { signal })).toMatchObject({ status: undefined, error: 'timed out' });
  const gone = await listen(() => {});
  endings.pop()?.();
  expect(await checkHealth(gone, call())).toMatchObject({ status: undefined, error: 'refused' });
});
