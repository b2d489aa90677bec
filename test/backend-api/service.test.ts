import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

const folder = new URL('../../backend-api/', import.meta.url).pathname;
const lineShape = z.looseObject({ level: z.string(), time: z.iso.datetime(), msg: z.string() });
const running = new Set<ReturnType<typeof spawn>>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  const written = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    written.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    written.err += chunk.toString();
  });
  const lines = (stream: 'out' | 'err') =>
    written[stream]
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => lineShape.parse(JSON.parse(line)));
  const exit = once(child, 'exit').then(([code]) => z.number().nullable().parse(code));
  return { child, lines, exit };
}

async function startReady(env: Record<string, string> = {}) {
  const port = await findPort();
  const service = start({ PORT: String(port), ...env });
  const [message] = await once(service.child, 'message');
  expect(message).toBe('ready');
  return { ...service, port, url: `http://127.0.0.1:${port}` };
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

describe('backend-api', () => {
  it('says that it is well, and logs the request with its route, id and latency', async () => {
    const { url, lines } = await startReady();
    const response = await fetch(`${url}/health?x=1`, { headers: { 'x-request-id': 'abc-1' } });
    expect(response.headers.get('x-request-id')).toBe('abc-1');
    expect(response.headers.has('x-powered-by')).toBe(false);
    const body = z.strictObject({
      status: z.literal('ok'),
      service: z.literal('backend-api'),
      timestamp: z.iso.datetime(),
    });
    body.parse(await response.json());
    await vi.waitFor(() => {
      const request = {
        level: 'info',
        msg: 'request',
        requestId: 'abc-1',
        method: 'GET',
        route: '/health',
        status: 200,
      };
      expect(lines('out')).toContainEqual(
        expect.objectContaining({ ...request, latencyMs: expect.any(Number) }),
      );
    });
    expect(lines('out')[0]).toMatchObject({ msg: 'backend-api listening', version: '1.0.0', release: null });
  });

  it('answers in JSON where there is nothing, and takes no request id that could forge a line', async () => {
    const { url, lines } = await startReady();
    const response = await fetch(`${url}/nowhere`, { headers: { 'x-request-id': 'a b{}' } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ statusCode: 404 });
    await vi.waitFor(() => {
      const request = lines('out').find(({ msg }) => msg === 'request');
      expect(request).toMatchObject({ level: 'warn', route: null, status: 404 });
      expect(request?.requestId).toMatch(/^[\da-f-]{36}$/);
    });
  });

  it('names every fault of its environment at once, on stderr', async () => {
    const { lines, exit } = start({ PORT: '99999', LOG_LEVEL: 'loud', HOST: 'a b' });
    expect(await exit).toBe(1);
    expect(lines('out')).toEqual([]);
    const [fatal] = lines('err');
    expect(fatal).toMatchObject({ level: 'fatal', msg: 'backend-api did not start' });
    for (const name of ['PORT', 'LOG_LEVEL', 'HOST']) expect(JSON.stringify(fatal)).toContain(name);
  });

  it('does not start on a port that is taken, and says so', async () => {
    const { port } = await startReady();
    const second = start({ PORT: String(port) });
    expect(await second.exit).toBe(1);
    expect(JSON.stringify(second.lines('err'))).toContain('EADDRINUSE');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'at %s sends kept-alive clients away and ends well',
    async (signal) => {
      const { child, port, lines, exit } = await startReady();
      const client = connect(port, '127.0.0.1');
      let answers = '';
      client.on('data', (chunk: Buffer) => {
        answers += chunk.toString();
      });
      const ask = () => client.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
      ask();
      await vi.waitFor(() => expect(answers).toContain('keep-alive'));
      child.kill(signal);
      await vi.waitFor(() => expect(lines('out').map(({ msg }) => msg)).toContain('backend-api draining'));
      ask();
      await vi.waitFor(() => expect(answers.toLowerCase()).toContain('connection: close'));
      expect(await exit).toBe(0);
      expect(lines('out').at(-1)).toMatchObject({ msg: 'backend-api stopped', signal });
    },
  );
});
