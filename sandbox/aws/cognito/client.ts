import type { World } from '../../worlds/world.ts';
import { AwsError } from '../errors.ts';

const validity = { AccessToken: 60, IdToken: 60, RefreshToken: 30 };
const units = { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' } as const;
/** How long a user may take to answer a challenge. */
export const sessionMinutes = 3;
const secondsIn = { minutes: 60, days: 86_400 };

export type Pool = World['pool'];

/** The pool's one app. */
export const clientOf = (pool: Pool) => ({
  ClientId: pool.client.id,
  UserPoolId: pool.id,
  ClientName: pool.client.name,
  ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  AccessTokenValidity: validity.AccessToken,
  IdTokenValidity: validity.IdToken,
  RefreshTokenValidity: validity.RefreshToken,
  TokenValidityUnits: units,
  AuthSessionValidity: sessionMinutes,
  PreventUserExistenceErrors: pool.client.hidesUsers ? 'ENABLED' : 'LEGACY',
});

/** How long a kind of token lives, as the client says. */
export const seconds = (kind: keyof typeof units): number => validity[kind] * secondsIn[units[kind]];

/** Throws ResourceNotFoundException for any client but the pool's. */
export function checkClient(pool: Pool, id: string): void {
  if (id !== pool.client.id)
    throw new AwsError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
}
