import { createHash, generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { region } from '../constants.ts';
import { type Pool, seconds } from './client.ts';
import type { User } from './users.ts';

/** One sign-in: what all of its tokens share, those of its refreshes too. */
export interface SignIn {
  id: string;
  /** Seconds since the epoch, on real time. */
  at: number;
}

interface Keys {
  privateKey: KeyObject;
  publicJwk: Record<string, unknown>;
  kid: string;
}

export const issuerOf = ({ id }: Pool): string => `https://cognito-idp.${region}.amazonaws.com/${id}`;

/**
 * The pool's keys and what they sign. Tokens live on real time, however far the account's clock is turned: a
 * verifier has a clock of its own and would reject one of another time.
 */
export function createTokens(pool: Pool) {
  let making: Promise<Keys> | undefined;
  const keys = (): Promise<Keys> => {
    making ??= makeKeys();
    return making;
  };

  return {
    begin: (): SignIn => ({ id: randomUUID(), at: now() }),

    /** The set that verifies every token of this account's pool. */
    async jwks(): Promise<{ keys: Record<string, unknown>[] }> {
      return { keys: [(await keys()).publicJwk] };
    },

    /** An ID and an access token, with the claims that Cognito writes. */
    async issue(user: User, { id, at }: SignIn) {
      const { privateKey, kid } = await keys();
      const iat = now();
      const shared = {
        sub: user.sub,
        ...(user.groups.size > 0 && { 'cognito:groups': [...user.groups] }),
        iss: issuerOf(pool),
        origin_jti: id,
        event_id: randomUUID(),
        auth_time: at,
        iat,
      };
      const { sub: _, email_verified, ...attributes } = Object.fromEntries(user.attributes);
      const idToken = {
        ...shared,
        ...attributes,
        email_verified: email_verified === 'true',
        'cognito:username': user.username,
        aud: pool.client.id,
        token_use: 'id',
        exp: iat + seconds('IdToken'),
        jti: randomUUID(),
      };
      const accessToken = {
        ...shared,
        client_id: pool.client.id,
        token_use: 'access',
        scope: 'aws.cognito.signin.user.admin',
        exp: iat + seconds('AccessToken'),
        jti: randomUUID(),
        username: user.username,
      };
      const signed = (claims: object) => signJwt(claims, kid, privateKey);
      return { IdToken: signed(idToken), AccessToken: signed(accessToken) };
    },
  };
}

export type Tokens = ReturnType<typeof createTokens>;

const now = (): number => Math.floor(Date.now() / 1_000);

async function makeKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64');
  return { privateKey, kid, publicJwk: { alg: 'RS256', e, kid, kty, n, use: 'sig' } };
}

function signJwt(claims: object, kid: string, key: KeyObject): string {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encoded({ kid, alg: 'RS256' })}.${encoded(claims)}`;
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), key).toString('base64url')}`;
}
