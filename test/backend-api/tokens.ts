import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { anyPool } from './service.ts';

const issuer = `https://cognito-idp.ap-southeast-1.amazonaws.com/${anyPool.COGNITO_USER_POOL_ID}`;

export interface TokenOptions {
  sub?: string;
  groups?: readonly string[];
  /** Overrides any claim; undefined leaves it out. */
  claims?: JWTPayload;
  /** Seconds from now. */
  expiresIn?: number;
  /** A key made by `addKey`; the first one otherwise. */
  kid?: string;
}

/** A user pool's keys on a port of their own, and tokens signed with them. */
export async function startPool() {
  const keys = new Map<string, CryptoKey>();
  const published: object[] = [];
  let down = false;
  let asked = 0;

  async function addKey(kid: string, { hidden = false } = {}): Promise<string> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    keys.set(kid, privateKey);
    if (!hidden) published.push({ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' });
    return kid;
  }
  await addKey('first');

  const server = createServer((_, response) => {
    asked += 1;
    if (down) return void response.writeHead(503).end();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    settings: { ...anyPool, COGNITO_JWKS_URI: `http://127.0.0.1:${port}/jwks.json` },
    addKey,
    asked: () => asked,
    /** The keys can't be had until it is called with false. */
    setDown(value: boolean): void {
      down = value;
    },
    /** An access token as Cognito signs them. */
    async token({
      sub = randomUUID(),
      groups = [],
      claims = {},
      expiresIn = 3_600,
      kid = 'first',
    }: TokenOptions = {}) {
      const key = keys.get(kid);
      if (!key) throw new Error(`there is no key ${kid}`);
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        sub,
        iss: issuer,
        client_id: anyPool.COGNITO_CLIENT_ID,
        origin_jti: randomUUID(),
        event_id: randomUUID(),
        token_use: 'access',
        scope: 'aws.cognito.signin.user.admin',
        auth_time: now,
        exp: now + expiresIn,
        iat: now,
        jti: randomUUID(),
        username: sub,
        ...(groups.length > 0 && { 'cognito:groups': [...groups] }),
        ...claims,
      };
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

export type Pool = Awaited<ReturnType<typeof startPool>>;
