import type { Clock } from '../../clock.ts';
import { pathOf } from '../../http.ts';
import type { RequestHandler } from '../../interfaces.ts';
import { AwsError } from '../errors.ts';
import type { Faults } from '../faults/faults.ts';
import { applyFaultBefore, respond, send } from '../faults/respond.ts';
import { jsonProtocol } from '../protocol/json.ts';
import type { Protocol } from '../protocol/protocol.ts';
import type { Pool } from './client.ts';
import { issuerOf, type Tokens } from './tokens.ts';

interface KeysOptions {
  pool: Pool;
  tokens: Tokens;
  faults: Faults;
  clock: Clock;
}

const protocol: Protocol = {
  ...jsonProtocol,
  encode: (_, output) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(output),
  }),
};

/**
 * What the pool tells everybody: its public keys, at `/aws/<pool>/.well-known/jwks.json`, and its OpenID
 * configuration. Faults know them as GetJwks and GetOpenIdConfiguration.
 */
export function createKeys({ pool, tokens, faults, clock }: KeysOptions): RequestHandler {
  return async (request, response) => {
    const match = /^\/aws\/([\w-]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(
      pathOf(request).pathname,
    );
    if (!match || request.method !== 'GET') return false;
    const [, id, file] = match;
    const action = file === 'jwks.json' ? 'GetJwks' : 'GetOpenIdConfiguration';
    const call = { response, protocol, service: 'cognito-idp', action, date: clock.now().toUTCString() };
    try {
      if (id !== pool.id)
        throw new AwsError('ResourceNotFoundException', `User pool ${id} does not exist.`, 404);
      const fault = faults.take(call.service, action, '');
      if (fault && (await applyFaultBefore(fault, call))) return true;
      // The issuer is AWS's; its keys are here.
      const keys = `http://${request.headers.host}/aws/${pool.id}/.well-known/jwks.json`;
      await respond(fault, file === 'jwks.json' ? await tokens.jwks() : configurationOf(pool, keys), call);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      send(call, protocol.encodeError(error));
    }
    return true;
  };
}

const configurationOf = (pool: Pool, keys: string) => ({
  issuer: issuerOf(pool),
  jwks_uri: keys,
  id_token_signing_alg_values_supported: ['RS256'],
  subject_types_supported: ['public'],
  response_types_supported: ['code', 'token'],
  scopes_supported: ['openid', 'email', 'phone', 'profile'],
});
