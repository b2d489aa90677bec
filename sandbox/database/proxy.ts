import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createSecureContext } from 'node:tls';
import { findPort } from '../port.ts';
import { type LoginRules, logIn } from './login.ts';

interface ProxyOptions extends Omit<LoginRules, 'secureContext'> {
  /** MariaDB's socket. */
  upstream: string;
  /** PEM. */
  tls: { cert: string; key: string };
  /** How long a login may take: RDS's connect_timeout. */
  loginMs?: number;
}

export interface Proxy {
  /** On 127.0.0.1, the same whenever it is open. */
  readonly port: number;
  open(): Promise<void>;
  /** Connections are refused, and those that there are cut, as when RDS stops. */
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Does in front of MariaDB what RDS does: requires TLS, asks IAM users for a token, and forwards the rest.
 * It is closed at first. What COM_CHANGE_USER asks for is MariaDB's: it changes to no IAM user.
 */
export async function createProxy({
  upstream,
  tls,
  loginMs = 10_000,
  ...options
}: ProxyOptions): Promise<Proxy> {
  const log = (line: string) => options.log(line.replace(/[^ -~]/g, '?').slice(0, 300));
  const secureContext = createSecureContext({ ...tls, minVersion: 'TLSv1.2' });
  const rules: LoginRules = { ...options, secureContext, log };
  const clients = new Set<Socket>();
  let server: Server | undefined;

  async function serve(client: Socket): Promise<void> {
    const inner = connect(upstream);
    function cut(): void {
      client.destroy();
      inner.destroy();
    }
    const late = setTimeout(cut, loginMs);
    clients.add(client);
    client.once('close', () => {
      clients.delete(client);
      clearTimeout(late);
      inner.destroy();
    });
    for (const socket of [client, inner]) socket.on('error', () => {});
    // During the login it is the client that is listened to.
    inner.once('close', cut);
    try {
      const secure = await logIn(client, inner, rules).finally(() => inner.off('close', cut));
      clearTimeout(late);
      // Either's end or fault is the other's.
      Promise.all([pipeline(secure, inner), pipeline(inner, secure)]).catch(cut);
    } catch (error) {
      log(`${client.remoteAddress ?? 'a client'}: ${error instanceof Error ? error.message : error}`);
      inner.destroy();
    }
  }

  async function open(): Promise<void> {
    server ??= await listen(proxy.port, (client) => void serve(client));
  }

  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = new Promise((resolve) => closing.close(resolve));
    for (const client of clients) client.destroy();
    await closed;
  }

  const proxy = { port: await findPort(), open, close };
  return proxy;
}

function listen(port: number, onClient: (client: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, keepAlive: true }, onClient);
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
