import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import * as z from 'zod';
import { type Caller, From, Roles } from '../auth/access.ts';
import { type Role, roles } from '../database/schema.ts';
import { type Page, pageOf, pageQuery } from '../http/page.ts';
import { forbidden } from '../http/problem.ts';
import { bodyProblems, Problems } from '../http/problems.ts';
import { line } from '../http/text.ts';
import { ProfileStore } from './profile.store.ts';
import { type Profile, type ProfileInput, profileInput, profileSchema } from './profile.ts';

const query = z.strictObject({
  ...pageQuery,
  search: line({ min: 0, max: 254 })
    .optional()
    .meta({ description: 'A part of the email, the full name or the phone, in capitals or not.' }),
  role: z.enum(roles).optional(),
});

@ApiTags('profiles')
@ApiBearerAuth()
@Controller()
export class ProfilesController {
  constructor(private readonly store: ProfileStore) {}

  @Get('profile')
  @ApiOperation({ summary: "The caller's own profile" })
  @ApiOkResponse({ standardSchema: profileSchema })
  @Problems(401, 404)
  find(@From() caller: Caller): Promise<Profile> {
    return this.store.findOf(caller.sub);
  }

  @Post('profile')
  @ApiOperation({ summary: "Makes the caller's profile; the role is the one of their group" })
  @ApiCreatedResponse({
    standardSchema: profileSchema,
    headers: { Location: { schema: { type: 'string' }, description: '/profile' } },
  })
  @Problems(...bodyProblems, 401, 403, 409)
  async create(
    @From() caller: Caller,
    @Body({ schema: profileInput }) input: ProfileInput,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Profile> {
    const profile = await this.store.create(caller.sub, roleOf(caller), input);
    response.location('/profile');
    return profile;
  }

  @Put('profile')
  @ApiOperation({
    summary: "Replaces the caller's profile, and brings its role up to the one of their group",
  })
  @ApiOkResponse({ standardSchema: profileSchema })
  @Problems(...bodyProblems, 401, 403, 404, 409)
  replace(@From() caller: Caller, @Body({ schema: profileInput }) input: ProfileInput): Promise<Profile> {
    return this.store.replace(caller.sub, roleOf(caller), input);
  }

  @Delete('profile')
  @HttpCode(204)
  @ApiOperation({ summary: "Deletes the caller's profile; past rides stay without the name" })
  @ApiNoContentResponse({ description: 'It is gone' })
  @Problems(401, 404, 409)
  remove(@From() caller: Caller): Promise<void> {
    return this.store.remove(caller.sub);
  }

  @Get('profiles')
  @Roles('ADMIN')
  @ApiOperation({ summary: 'All profiles, the newest first' })
  @ApiOkResponse({ standardSchema: pageOf(profileSchema) })
  @Problems(400, 401, 403)
  list(@Query({ schema: query }) wish: z.output<typeof query>): Promise<Page<Profile>> {
    return this.store.list(wish);
  }
}

/** The highest of the caller's groups, which `roles` lists in that order. */
function roleOf(caller: Caller): Role {
  const [role] = caller.roles;
  if (!role)
    throw forbidden(
      `You are in none of the groups ${roles.join(', ')}: ask an administrator to add you, then sign in again.`,
    );
  return role;
}
