import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Role } from '../database/schema.ts';
import { forbidden, unauthorized } from '../http/problem.ts';
import { type CallerRequest, publicKey, rolesKey } from './access.ts';
import { TokenVerifier } from './token-verifier.ts';

/** On every route: without `@Public()` it asks for a valid access token, with `@Roles()` for a role as well. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(publicKey, places)) return true;
    const request = context.switchToHttp().getRequest<Request & CallerRequest>();
    const caller = await this.verifier.verify(tokenOf(request));
    request.caller = caller;
    const wanted = this.reflector.getAllAndOverride<Role[] | undefined>(rolesKey, places);
    if (wanted && !wanted.some((role) => caller.roles.includes(role)))
      throw forbidden(
        `This is for ${wanted.join(' and ')} only; your token says ${caller.roles.join(', ') || 'no group'}.`,
      );
    return true;
  }
}

function tokenOf(request: Request): string {
  const header = request.headers.authorization;
  if (header === undefined) throw unauthorized('This needs an access token: send `Authorization: Bearer …`.');
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i.exec(header)?.[1];
  if (token === undefined || token.length > 8_192)
    throw unauthorized('The Authorization header holds no bearer token.', 'invalid_request');
  return token;
}
