import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import * as z from 'zod';
import { type Caller, From, Roles } from '../auth/access.ts';
import { type Role, rideStatuses, roles } from '../database/schema.ts';
import { type Page, pageOf, pageQuery } from '../http/page.ts';
import { bodyProblems, Problems } from '../http/problems.ts';
import { ProfileStore } from '../profiles/profile.store.ts';
import { RideStore } from './ride.store.ts';
import { type Ride, type RideInput, rideInput, rideSchema } from './ride.ts';
import { type Actor, ruleOf, type Verb } from './transitions.ts';

const query = z.strictObject({ ...pageQuery, status: z.enum(rideStatuses).optional() });
const path = z.strictObject({ id: z.uuid().toLowerCase() });
type Path = z.output<typeof path>;

/** A route that changes a ride's status; to repeat it is safe. */
const Change = (verb: Verb, ...who: Role[]) =>
  applyDecorators(
    Post(`:id/${verb}`),
    HttpCode(200),
    Roles(...who),
    ApiOperation({ summary: `${ruleOf(verb)} Repeated by the same caller it answers the same` }),
    ApiOkResponse({ standardSchema: rideSchema }),
    Problems(400, 401, 403, 404, 409),
  );

@ApiTags('rides')
@ApiBearerAuth()
@Roles(...roles)
@Controller('rides')
export class RidesController {
  constructor(
    private readonly rides: RideStore,
    private readonly profiles: ProfileStore,
  ) {}

  @Post()
  @Roles('PASSENGER')
  @ApiOperation({ summary: 'Requests a ride for the caller, who has no other one' })
  @ApiCreatedResponse({
    standardSchema: rideSchema,
    headers: { Location: { schema: { type: 'string' }, description: '/rides/{id}' } },
  })
  @Problems(...bodyProblems, 401, 403, 409)
  async create(
    @From() caller: Caller,
    @Body({ schema: rideInput }) input: RideInput,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Ride> {
    const ride = await this.rides.create(await this.#actorOf(caller), input);
    response.location(`/rides/${ride.id}`);
    return ride;
  }

  @Get()
  @ApiOperation({
    summary: "The caller's rides, the newest first; for drivers also those that wait for one, for ADMIN all",
  })
  @ApiOkResponse({ standardSchema: pageOf(rideSchema) })
  @Problems(400, 401, 403)
  async list(
    @From() caller: Caller,
    @Query({ schema: query }) wish: z.output<typeof query>,
  ): Promise<Page<Ride>> {
    return this.rides.list(await this.#actorOf(caller), wish);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One ride that the caller may see' })
  @ApiOkResponse({ standardSchema: rideSchema })
  @Problems(400, 401, 403, 404)
  async find(@From() caller: Caller, @Param({ schema: path }) { id }: Path): Promise<Ride> {
    return this.rides.find(await this.#actorOf(caller), id);
  }

  @Change('accept', 'DRIVER')
  accept(@From() caller: Caller, @Param({ schema: path }) { id }: Path): Promise<Ride> {
    return this.#change('accept', caller, id);
  }

  @Change('start', 'DRIVER')
  start(@From() caller: Caller, @Param({ schema: path }) { id }: Path): Promise<Ride> {
    return this.#change('start', caller, id);
  }

  @Change('complete', 'DRIVER')
  complete(@From() caller: Caller, @Param({ schema: path }) { id }: Path): Promise<Ride> {
    return this.#change('complete', caller, id);
  }

  @Change('cancel', ...roles)
  cancel(@From() caller: Caller, @Param({ schema: path }) { id }: Path): Promise<Ride> {
    return this.#change('cancel', caller, id);
  }

  async #change(verb: Verb, caller: Caller, id: string): Promise<Ride> {
    return this.rides.change(verb, await this.#actorOf(caller), id);
  }

  async #actorOf({ sub, roles }: Caller): Promise<Actor> {
    return { id: await this.profiles.findIdOf(sub), roles };
  }
}
