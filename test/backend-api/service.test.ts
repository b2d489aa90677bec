import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { until } from '../until.ts';
import { killServices, spawnService, startService } from './service.ts';

afterEach(killServices);

describe('backend-api', () => {
  it('says that it is well, and logs the request with its route, id and latency', async () => {
    const { url, lines } = await startService({ LOG_LEVEL: 'debug' });
    const response = await fetch(`${url}/health?x=1`, { headers: { 'x-request-id': 'abc-1' } });
    expect(response.headers.get('x-request-id')).toBe('abc-1');
    expect(response.headers.has('x-powered-by')).toBe(false);
    const body = z.strictObject({
      status: z.literal('ok'),
      service: z.literal('backend-api'),
      timestamp: z.iso.datetime(),
    });
    body.parse(await response.json());
    await until(() => {
      const request = {
        level: 'debug',
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
    const listening = lines('out').find(({ msg }) => msg === 'backend-api listening');
    expect(listening).toMatchObject({ version: '1.0.0', release: null });
  });

  it('is silent about being asked whether it is well, which happens every few seconds', async () => {
    const { url, lines, stop } = await startService();
    await fetch(`${url}/health`);
    await stop();
    expect(lines('out').filter(({ msg }) => msg === 'request')).toEqual([]);
  });

  it('answers with problem details where there is nothing, and takes no request id that could forge a line', async () => {
    const { url, lines } = await startService();
    const response = await fetch(`${url}/nowhere`, { headers: { 'x-request-id': 'a b{}' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Cannot GET /nowhere',
      instance: '/nowhere',
      requestId: response.headers.get('x-request-id'),
    });
    await until(() => {
      const request = lines('out').find(({ msg }) => msg === 'request');
      expect(request).toMatchObject({ level: 'warn', route: null, status: 404 });
      expect(request?.requestId).toMatch(/^[\da-f-]{36}$/);
    });
  });

  it('names every fault of its environment at once, on stderr', async () => {
    const { lines, exit } = spawnService({ PORT: '99999', LOG_LEVEL: 'loud', HOST: 'a b' });
    expect(await exit).toBe(1);
    expect(lines('out')).toEqual([]);
    const [fatal] = lines('err');
    expect(fatal).toMatchObject({ level: 'fatal', msg: 'backend-api did not start' });
    for (const name of ['PORT', 'LOG_LEVEL', 'HOST']) expect(JSON.stringify(fatal)).toContain(name);
  });

  it('does not start on a port that is taken, and says so', async () => {
    const { port } = await startService();
    const second = spawnService({ PORT: String(port) });
    expect(await second.exit).toBe(1);
    expect(JSON.stringify(second.lines('err'))).toContain('EADDRINUSE');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'at %s sends kept-alive clients away and ends well',
    async (signal) => {
      const { child, port, lines, exit } = await startService();
      const client = connect(port, '127.0.0.1');
      let answers = '';
      client.on('data', (chunk: Buffer) => {
        answers += chunk.toString();
      });
      const ask = () => client.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
      ask();
      await until(() => expect(answers).toContain('keep-alive'));
      child.kill(signal);
      await until(() => expect(lines('out').map(({ msg }) => msg)).toContain('backend-api draining'));
      ask();
      await until(() => expect(answers.toLowerCase()).toContain('connection: close'));
      expect(await exit).toBe(0);
      expect(lines('out').at(-1)).toMatchObject({ msg: 'backend-api stopped', signal });
    },
  );
});
