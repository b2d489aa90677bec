import type { Selectable } from 'kysely';
import * as z from 'zod';
import { type RidesTable, rideStatuses, roles } from '../database/schema.ts';
import { body, line } from '../http/text.ts';

/** Degrees, to six decimals as the database keeps them: a tenth of a metre. */
const degrees = (most: number) =>
  z
    .number()
    .min(-most)
    .max(most)
    .overwrite((value) => Math.round(value * 1e6) / 1e6 + 0);

const placeInput = z.strictObject({
  latitude: degrees(90),
  longitude: degrees(180),
  address: line({ max: 200 }).nullable().default(null),
});

export const rideInput = body({ pickup: placeInput, dropoff: placeInput }).refine(
  ({ pickup, dropoff }) => pickup.latitude !== dropoff.latitude || pickup.longitude !== dropoff.longitude,
  { path: ['dropoff'], error: 'must be another place than pickup' },
);
export type RideInput = z.output<typeof rideInput>;

const placeSchema = z.strictObject({
  latitude: z.number(),
  longitude: z.number(),
  address: z.string().nullable(),
});
const stamp = z.iso.datetime().nullable();

export const rideSchema = z
  .strictObject({
    id: z.uuid(),
    status: z.enum(rideStatuses),
    passengerId: z
      .uuid()
      .nullable()
      .meta({ description: "A profile's id; null once the profile is deleted." }),
    driverId: z
      .uuid()
      .nullable()
      .meta({ description: 'Null until accepted, or once the profile is deleted.' }),
    pickup: placeSchema,
    dropoff: placeSchema,
    requestedAt: z.iso.datetime(),
    acceptedAt: stamp,
    startedAt: stamp,
    completedAt: stamp,
    cancelledAt: stamp,
    cancelledBy: z.enum(roles).nullable(),
  })
  .meta({ id: 'Ride' });
export type Ride = z.output<typeof rideSchema>;

export const rideOf = (row: Selectable<RidesTable>): Ride => ({
  id: row.id,
  status: row.status,
  passengerId: row.passenger_id,
  driverId: row.driver_id,
  pickup: { latitude: row.pickup_latitude, longitude: row.pickup_longitude, address: row.pickup_address },
  dropoff: { latitude: row.dropoff_latitude, longitude: row.dropoff_longitude, address: row.dropoff_address },
  requestedAt: row.requested_at.toISOString(),
  acceptedAt: row.accepted_at?.toISOString() ?? null,
  startedAt: row.started_at?.toISOString() ?? null,
  completedAt: row.completed_at?.toISOString() ?? null,
  cancelledAt: row.cancelled_at?.toISOString() ?? null,
  cancelledBy: row.cancelled_by,
});

/** The columns that a ride is read from, without those that only keep keys unique. */
export const rideColumns = [
  'id',
  'status',
  'passenger_id',
  'driver_id',
  'pickup_latitude',
  'pickup_longitude',
  'pickup_address',
  'dropoff_latitude',
  'dropoff_longitude',
  'dropoff_address',
  'requested_at',
  'accepted_at',
  'started_at',
  'completed_at',
  'cancelled_at',
  'cancelled_by',
] as const satisfies (keyof RidesTable)[];
