import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ExpressionBuilder, sql } from 'kysely';
import { Database } from '../database/database.ts';
import { brokenKeyOf, isDangling, untilDone } from '../database/refusal.ts';
import { now, type RideStatus, type Role, type Schema } from '../database/schema.ts';
import { offsetOf, type Page, type PageWish } from '../http/page.ts';
import { conflict, forbidden, notFound } from '../http/problem.ts';
import { type Ride, type RideInput, rideColumns, rideOf } from './ride.ts';
import { type Actor, hasPart, type Part, ruleOf, type Verb, wasDone, waysOf } from './transitions.ts';

export interface RideWish extends PageWish {
  status?: RideStatus | undefined;
}

type Where = ExpressionBuilder<Schema, 'rides'>;

/** Rides. What may happen to one is decided by the database, in the statement that does it. */
@Injectable()
export class RideStore {
  constructor(private readonly database: Database) {}

  /** Throws 409 without a profile, or with another ride that is not over. */
  async create({ id: passenger }: Actor, { pickup, dropoff }: RideInput): Promise<Ride> {
    if (passenger === undefined) throw nameless();
    const id = randomUUID();
    const row = {
      id,
      passenger_id: passenger,
      pickup_latitude: pickup.latitude,
      pickup_longitude: pickup.longitude,
      pickup_address: pickup.address,
      dropoff_latitude: dropoff.latitude,
      dropoff_longitude: dropoff.longitude,
      dropoff_address: dropoff.address,
      requested_at: now,
    };
    await untilDone(() => this.database.db.insertInto('rides').values(row).execute()).catch(refuseSecond);
    return this.#find(id);
  }

  /** Throws 404 for what the actor may not see, too. */
  async find(actor: Actor, id: string): Promise<Ride> {
    const row = await this.database.db
      .selectFrom('rides')
      .select(rideColumns)
      .where('id', '=', id)
      .where((where) => isSeen(where, actor))
      .executeTakeFirst();
    if (!row) throw absent();
    return rideOf(row);
  }

  /** What the actor may see, the newest first. */
  async list(actor: Actor, { status, ...wish }: RideWish): Promise<Page<Ride>> {
    let seen = this.database.db.selectFrom('rides').where((where) => isSeen(where, actor));
    if (status) seen = seen.where('status', '=', status);
    const rows = await seen
      .select(rideColumns)
      .orderBy('requested_at', 'desc')
      .orderBy('id')
      .limit(wish.pageSize)
      .offset(offsetOf(wish))
      .execute();
    const { total } = await seen
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return { items: rows.map(rideOf), ...wish, total };
  }

  /** One conditional update: whoever asks at once, one is first. Throws 404, 403 or 409. */
  async change(verb: Verb, actor: Actor, id: string): Promise<Ride> {
    const ways = waysOf(verb, actor);
    const [way] = ways;
    if (!way) throw forbidden(ruleOf(verb));
    const needsProfile = ways.every(({ who }) => who !== 'ADMIN');
    if (needsProfile && actor.id === undefined) throw nameless();
    const update = this.database.db
      .updateTable('rides')
      .set({
        status: way.to,
        [way.stamp]: now,
        ...(verb === 'accept' && { driver_id: actor.id }),
        ...(verb === 'cancel' && { cancelled_by: cancellerOf(way.who, actor) }),
      })
      .where('id', '=', id)
      .where((where) =>
        where.or(
          ways.map(({ who, from }) => where.and([where('status', 'in', from), isPart(where, who, actor)])),
        ),
      );
    const { numUpdatedRows } = await untilDone(() => update.executeTakeFirstOrThrow()).catch(refuseSecond);
    const ride = await this.#find(id);
    if (numUpdatedRows > 0n || ways.some((known) => wasDone(known, actor, ride))) return ride;
    // Whose driver it is to start or complete, a ride without one does not say: its status does.
    const undecided = ride.driverId === null && ways.every(({ who }) => who === 'DRIVER');
    if (!undecided && !ways.some(({ who }) => hasPart(actor, who, ride)))
      throw forbidden(`This is not yours to ${verb}. ${ruleOf(verb)}`);
    throw conflict(`This ride is ${ride.status}. ${ruleOf(verb)}`);
  }

  async #find(id: string): Promise<Ride> {
    const row = await this.database.db
      .selectFrom('rides')
      .select(rideColumns)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw absent();
    return rideOf(row);
  }
}

/** One's own rides; to drivers those as well that wait for one; to administrators all. */
function isSeen(where: Where, { id, roles }: Actor) {
  if (roles.includes('ADMIN')) return where.lit(true);
  return where.or([
    ...(id === undefined ? [] : [where('passenger_id', '=', id), where('driver_id', '=', id)]),
    ...(roles.includes('DRIVER') ? [where('status', '=', 'REQUESTED')] : []),
  ]);
}

/** hasPart, as the database decides it. */
function isPart(where: Where, who: Part, { id = '' }: Actor) {
  if (who === 'ADMIN') return where.lit(true);
  if (who === 'PASSENGER') return where('passenger_id', '=', id);
  return who === 'DRIVER' ? where('driver_id', '=', id) : where('passenger_id', '!=', id);
}

/** By columns that the update leaves alone: MySQL would show it the new status already. */
const cancellerOf = (who: Part, { id }: Actor) =>
  who === 'ADMIN'
    ? ('ADMIN' as const)
    : sql<Role>`case when passenger_id = ${id} then 'PASSENGER' else 'DRIVER' end`;

const absent = () => notFound('There is no such ride, or it is not yours to see: GET /rides lists yours.');
const nameless = () => conflict('You have no profile yet: POST /profile makes one, then ask again.');

function refuseSecond(error: unknown): never {
  const key = brokenKeyOf(error);
  if (key === 'rides_riding')
    throw conflict('You have a ride that is not over: GET /rides shows it; cancel it or wait for its end.');
  if (key === 'rides_driving')
    throw conflict('You are driving already: GET /rides shows the ride; complete or cancel it first.');
  if (isDangling(error)) throw nameless();
  throw error;
}
