import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Role } from '../database/schema.ts';
import { unauthorized } from '../http/problem.ts';

/** Who asks, as the access token says. */
export interface Caller {
  /** The Cognito user's `sub`. */
  sub: string;
  /** The pool's groups that mean something here. */
  roles: readonly Role[];
}

export interface CallerRequest {
  caller?: Caller;
}

export const publicKey = 'access:public';
export const rolesKey = 'access:roles';

/** Opens a route to everybody; all others ask for a token. */
export const Public = () => SetMetadata(publicKey, true);

/** Keeps a route to callers with one of these roles. */
export const Roles = (...roles: Role[]) => SetMetadata(rolesKey, roles);

/** Injects the caller into a route. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (!caller) throw unauthorized('This needs an access token.');
  return caller;
});
