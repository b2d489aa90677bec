import type { Migration } from 'kysely';
import * as profiles from './0001-profiles.ts';
import * as rides from './0002-rides.ts';

/** Every migration by its file's name; they run in the order of these names. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-profiles': profiles,
  '0002-rides': rides,
};
