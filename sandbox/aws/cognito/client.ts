import { AwsError } from '../errors.ts';
import { pool } from '../world.ts';

const validity = { AccessToken: 60, IdToken: 60, RefreshToken: 30 };
const units = { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' } as const;
const secondsIn = { minutes: 60, days: 86_400 };

/** The pool's one app. It prevents no user existence errors, as clients that are made by API or Terraform don't by default. */
export const client = {
  ClientId: pool.client,
  UserPoolId: pool.id,
  ClientName: 'd2-ride-booking-dev-app',
  ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  AccessTokenValidity: validity.AccessToken,
  IdTokenValidity: validity.IdToken,
  RefreshTokenValidity: validity.RefreshToken,
  TokenValidityUnits: units,
  AuthSessionValidity: 3,
};

/** How long a kind of token lives, as the client says. */
export const seconds = (kind: keyof typeof units): number => validity[kind] * secondsIn[units[kind]];

/** Throws ResourceNotFoundException for any client but the pool's. */
export function holdToClient(id: string): void {
  if (id !== client.ClientId)
    throw new AwsError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
}
