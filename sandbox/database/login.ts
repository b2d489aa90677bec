import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { asksForTls, type Login, offerTls, parseLogin } from './handshake.ts';
import { type Credential, checkToken } from './iam-token.ts';
import {
  accessDenied,
  createExchange,
  type Exchange,
  errorBody,
  firstByte,
  ProtocolError,
  refusals,
  switchToClearPassword,
} from './packets.ts';

export interface LoginRules {
  /** The RDS endpoint, which tokens are signed for. */
  endpoint: { host: string; port: number };
  region: string;
  credentialOf(accessKeyId: string): Credential | undefined;
  now(): Date;
  /** Who log in by token, with the native password that MariaDB knows of them. */
  iamUsers: readonly { name: string; password: string }[];
  secureContext: SecureContext;
  log(line: string): void;
}

/** No, with what the client hears of it; the message is for the log. */
class Refusal extends Error {
  readonly body: Buffer;

  constructor(body: Buffer, why: string) {
    super(why);
    this.body = body;
  }
}

/**
 * MySQL's connection phase between a client and MariaDB, which greets first. Returns the client's side once MariaDB
 * has let it in and the client knows; from there on bytes pass as they are. Rejects once the client was told no, or
 * has gone.
 */
export async function logIn(socket: Socket, mariaDb: Socket, rules: LoginRules): Promise<Duplex> {
  const client = createExchange(socket);
  const upstream = createExchange(mariaDb);
  try {
    const hello = await upstream.read();
    // Such as too many connections.
    if (hello[0] === firstByte.error) throw new Refusal(hello, 'MariaDB takes no connection now');
    const greeting = offerTls(hello);
    client.write(greeting.body);
    if (!asksForTls(await client.read())) throw new Refusal(errorBody(refusals.plain), 'it came without TLS');
    const secure = new TLSSocket(socket, { isServer: true, secureContext: rules.secureContext });
    // A read reports it; between two reads nothing would.
    secure.on('error', () => {});
    client.moveTo(secure);

    const login = parseLogin(await client.read(), greeting);
    const iamUser = rules.iamUsers.find(({ name }) => name === login.user);
    if (!iamUser) await relay(client, upstream, login.body);
    else {
      const denied = errorBody(accessDenied(login.user, socket.remoteAddress ?? 'unknown'));
      await checkLogin(client, login, rules, denied);
      await logInByPassword(client, upstream, login.withPassword(iamUser.password), denied);
    }
    return secure;
  } catch (error) {
    if (error instanceof Refusal) client.end(error.body);
    else if (error instanceof ProtocolError) client.end(errorBody(refusals.malformed));
    else socket.destroy();
    throw error;
  }
}

/** RDS asks for the token as a clear-text password, within TLS. */
async function checkLogin(client: Exchange, { user }: Login, rules: LoginRules, denied: Buffer) {
  client.write(switchToClearPassword);
  const answer = await client.read();
  const token = answer.subarray(0, answer.at(-1) === 0 ? -1 : undefined).toString();
  const why = checkToken(token, { ...rules, ...rules.endpoint, user });
  if (why) throw new Refusal(denied, `the token of ${user}: ${why}`);
}

async function logInByPassword(client: Exchange, upstream: Exchange, login: Buffer, denied: Buffer) {
  upstream.write(login);
  const answer = await upstream.read();
  if (answer[0] === firstByte.authSwitch)
    throw new Refusal(denied, 'MariaDB wants another plugin of this user than the one it began with');
  if (answer[0] === firstByte.error) throw refusalOf(answer);
  client.write(answer);
}

/** A password is a matter between the client and MariaDB. */
async function relay(client: Exchange, upstream: Exchange, login: Buffer): Promise<void> {
  for (let sent = login; ; sent = await client.read()) {
    upstream.write(sent);
    const answer = await upstream.read();
    if (answer[0] === firstByte.error) throw refusalOf(answer);
    client.write(answer);
    if (answer[0] === firstByte.ok) return;
  }
}

/** In MariaDB's own words, after a number of 2 bytes and a state of 6. */
const refusalOf = (answer: Buffer) => new Refusal(answer, `MariaDB says: ${answer.subarray(9).toString()}`);
