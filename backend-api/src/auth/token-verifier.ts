import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { JwtExpiredError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { Logger } from 'pino';
import type { CognitoConfig } from '../config.ts';
import { type Role, roles } from '../database/schema.ts';
import { unauthorized, unavailable } from '../http/problem.ts';
import type { Caller } from './access.ts';
import { createKeyFetcher, KeysUnavailable } from './key-fetcher.ts';
import { createMemory } from './token-memory.ts';

/** Verifies access tokens; also what Nest injects. */
export abstract class TokenVerifier {
  /** Throws 401 for a token that isn't good, 503 when the pool's keys can't be had. */
  abstract verify(token: string): Promise<Caller>;
}

/**
 * Checks signature, issuer, client, use and expiry of a Cognito access token. The pool's keys are asked for once, and
 * again only for a key that is new: an outage of Cognito's keys hurts nobody whose key is known.
 */
export function createTokenVerifier(
  { userPoolId, clientId, jwksUri }: CognitoConfig,
  log: Logger,
): TokenVerifier {
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId, tokenUse: 'access', customJwtCheck: demandExpiry },
    { jwksCache: new SimpleJwksCache({ fetcher: createKeyFetcher(jwksUri, log) }) },
  );
  // Rather now than at the first request; if it fails, then at the first request.
  verifier.hydrate().catch(() => undefined);

  const known = createMemory();

  return {
    async verify(token) {
      try {
        const remembered = known.find(token);
        if (remembered) return remembered;
        const { sub, exp, 'cognito:groups': groups = [] } = await verifier.verify(token);
        const caller = { sub, roles: roles.filter((role): role is Role => groups.includes(role)) };
        known.keep(token, { caller, exp });
        return caller;
      } catch (error) {
        if (error instanceof KeysUnavailable)
          throw unavailable(
            "The user pool's keys are out of reach, and this token is signed with one that is new here.",
          );
        if (error instanceof JwtExpiredError)
          throw unauthorized('The access token has expired: sign in again or refresh it.', 'invalid_token');
        throw unauthorized(
          'The access token is not valid here: it must be an access token of this user pool and app client.',
          'invalid_token',
        );
      }
    },
  };
}

/** The library lets a token without one live for ever. */
function demandExpiry({ payload }: { payload: { exp?: number } }): void {
  if (typeof payload.exp !== 'number') throw new Error('a token without expiry');
}
