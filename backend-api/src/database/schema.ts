import type { ColumnType, Generated } from 'kysely';

export const roles = ['ADMIN', 'DRIVER', 'PASSENGER'] as const;
export type Role = (typeof roles)[number];

export const rideStatuses = ['REQUESTED', 'ACCEPTED', 'STARTED', 'COMPLETED', 'CANCELLED'] as const;
export type RideStatus = (typeof rideStatuses)[number];

/** Written once, by the database. */
type Stamp = ColumnType<Date, never, never>;

export interface ProfilesTable {
  id: string;
  /** The Cognito user's `sub`. */
  cognito_sub: ColumnType<string, string, never>;
  email: string;
  phone: string | null;
  full_name: string;
  role: Role;
  created_at: Stamp;
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
  requested_at: Stamp;
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
