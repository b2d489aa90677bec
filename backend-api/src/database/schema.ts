import { type ColumnType, type Generated, sql } from 'kysely';

export const roles = ['ADMIN', 'DRIVER', 'PASSENGER'] as const;
export type Role = (typeof roles)[number];

export const rideStatuses = ['REQUESTED', 'ACCEPTED', 'STARTED', 'COMPLETED', 'CANCELLED'] as const;
export type RideStatus = (typeof rideStatuses)[number];

/** A ride that is not over: its passenger and driver have no other one. */
export const activeStatuses = ['REQUESTED', 'ACCEPTED', 'STARTED'] as const satisfies RideStatus[];

/** In UTC, whatever the server's time zone is: written as `now`. */
type Stamp = ColumnType<Date, Date, Date>;
type FirstStamp = ColumnType<Date, Date, never>;

export interface ProfilesTable {
  id: string;
  /** The Cognito user's `sub`. */
  cognito_sub: ColumnType<string, string, never>;
  email: string;
  phone: string | null;
  full_name: string;
  role: Role;
  created_at: FirstStamp;
  updated_at: Stamp;
}

export interface RidesTable {
  id: string;
  /** Profiles' ids; null once the profile is deleted. */
  passenger_id: string | null;
  driver_id: string | null;
  status: Generated<RideStatus>;
  pickup_latitude: number;
  pickup_longitude: number;
  pickup_address: string | null;
  dropoff_latitude: number;
  dropoff_longitude: number;
  dropoff_address: string | null;
  requested_at: FirstStamp;
  accepted_at: Date | null;
  started_at: Date | null;
  completed_at: Date | null;
  cancelled_at: Date | null;
  cancelled_by: Role | null;
}

export interface Schema {
  profiles: ProfilesTable;
  rides: RidesTable;
}

/** The database's clock, in UTC: several services' clocks would disagree. */
export const now = sql<Date>`utc_timestamp(3)`;
