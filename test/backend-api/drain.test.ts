import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../until.ts';
import { hasMariaDb } from './mariadb.ts';
import { anyPool, killServices, type Service, startService } from './service.ts';
import { startWorld } from './world.ts';

const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  killServices();
});

/** A connection that keeps what it is told. */
async function open({ port }: Service) {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  await once(socket, 'connect');
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  socket.on('error', () => undefined);
  return { socket, heard: () => heard, ended: once(socket, 'close') };
}

/** Nobody answers for the user pool here, which is said on the same stream. */
const drainFaults = ({ lines }: Service) => lines('err').filter(({ uri }) => uri === undefined);
const words = ({ lines }: Service) => lines('out').map(({ msg }) => msg);
const draining = (service: Service) => until(() => expect(words(service)).toContain('backend-api draining'));

async function untilClosed(service: Service): Promise<void> {
  const isOpen = async () => {
    const socket = connect(service.port, '127.0.0.1');
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    return opened;
  };
  await expect.poll(isOpen, { timeout: 5_000 }).toBe(false);
}

const body = JSON.stringify({ email: 'ann@example.com' });
const halfRequest = `POST /profile HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`;

/** A service with a request in flight, half of whose body it has. */
async function startHalf(settings: Record<string, string> = {}) {
  const service = await startService(settings);
  const client = await open(service);
  client.socket.write(halfRequest);
  // It is known to be in flight once one that was sent later is answered.
  await fetch(`${service.url}/health`);
  return { service, client };
}

describe('backend-api, told to end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'at %s takes no new connection, hears a request to its end and answers it',
    async (signal) => {
      const { service, client } = await startHalf();
      service.child.kill(signal);
      await draining(service);
      await untilClosed(service);
      expect(client.heard()).toBe('');
      client.socket.write(body.slice(9));
      expect(await service.exit).toBe(0);
      await client.ended;
      expect(client.heard()).toMatch(/^HTTP\/1.1 401 /);
      expect(client.heard().toLowerCase()).toContain('connection: close');
      expect(words(service).at(-1)).toBe('backend-api stopped');
      expect(drainFaults(service)).toEqual([]);
    },
  );

  it('is told so many times, and does it once', async () => {
    const { service, client } = await startHalf();
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) {
      service.child.kill(signal);
      await draining(service);
    }
    await untilClosed(service);
    service.child.kill('SIGTERM');
    client.socket.write(body.slice(9));
    expect(await service.exit).toBe(0);
    expect(client.heard()).toMatch(/^HTTP\/1.1 401 /);
    expect(words(service).filter((msg) => msg === 'backend-api draining')).toHaveLength(1);
  });

  it('gives up a request that does not end in time, says so and ends with 1', async () => {
    const { service } = await startHalf({ DRAIN_MS: '1000' });
    service.child.kill('SIGINT');
    expect(await service.exit).toBe(1);
    expect(drainFaults(service)).toEqual([
      expect.objectContaining({
        msg: 'backend-api stopped before its requests ended',
        requests: 1,
        timeoutMs: 1000,
      }),
    ]);
  });

  it('does not wait for connections on which nobody asks', async () => {
    const service = await startService();
    const [silent, kept, late] = await Promise.all([open(service), open(service), open(service)]);
    kept.socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    late.socket.write('GET /health HTTP/1.1\r\n');
    await until(() => expect(kept.heard()).toContain('"ok"'));
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(silent.heard() + late.heard()).toBe('');
  });

  it('does not wait for a database that never answers', async () => {
    const held = new Set<Socket>();
    const silent = createServer((socket) => held.add(socket.on('error', () => undefined)));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const address = silent.address();
    const DB_PORT = String(typeof address === 'object' && address ? address.port : 0);
    const service = await startService({ ...anyPool, DB_HOST: '127.0.0.1', DB_PORT, DB_PASSWORD: 'x' });
    await until(() => expect(held.size).toBeGreaterThan(0));
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(0);
    for (const socket of held) socket.destroy();
    silent.close();
  });

  it.runIf(hasMariaDb)('waits for a query, and leaves no connection behind', async () => {
    const world = await startWorld();
    onTestFinished(() => {
      world.service.child.kill('SIGKILL');
      return world.close();
    });
    const { api, database, service, person } = world;
    const { token } = await person(['PASSENGER']);
    const owner = await database.connect();
    const listOurs = async () => {
      const [rows] = await owner.query<RowDataPacket[]>(
        "select state from information_schema.processlist where user = 'app_user'",
      );
      return rows.map(({ state }) => String(state));
    };
    await owner.query('lock tables profiles write');
    const answer = api.ask('GET', '/profile', { token });
    await expect.poll(listOurs).toContainEqual(expect.stringContaining('lock'));
    service.child.kill('SIGINT');
    await draining(service);
    await untilClosed(service);
    await sleep(300);
    await owner.query('unlock tables');
    expect((await answer).status).toBe(200);
    expect(await service.exit).toBe(0);
    await expect.poll(listOurs).toEqual([]);
    await owner.end();
  });
});
