import { activeStatuses, type RideStatus, type Role } from '../database/schema.ts';
import type { Ride } from './ride.ts';

export type Verb = 'accept' | 'start' | 'complete' | 'cancel';

/** Who somebody is to a ride: its passenger, its driver, a driver who could become that, or one who looks after it. */
export type Part = 'PASSENGER' | 'DRIVER' | 'NEW DRIVER' | 'ADMIN';

export interface Transition {
  verb: Verb;
  who: Part;
  from: readonly RideStatus[];
  to: RideStatus;
  /** The column that says when. */
  stamp: 'accepted_at' | 'started_at' | 'completed_at' | 'cancelled_at';
}

const cancelled = { verb: 'cancel', to: 'CANCELLED', stamp: 'cancelled_at' } as const;

/** All that can happen to a ride. */
const transitions: readonly Transition[] = [
  { verb: 'accept', who: 'NEW DRIVER', from: ['REQUESTED'], to: 'ACCEPTED', stamp: 'accepted_at' },
  { verb: 'start', who: 'DRIVER', from: ['ACCEPTED'], to: 'STARTED', stamp: 'started_at' },
  { verb: 'complete', who: 'DRIVER', from: ['STARTED'], to: 'COMPLETED', stamp: 'completed_at' },
  { ...cancelled, who: 'PASSENGER', from: ['REQUESTED', 'ACCEPTED'] },
  { ...cancelled, who: 'DRIVER', from: ['ACCEPTED'] },
  { ...cancelled, who: 'ADMIN', from: activeStatuses },
];

/** Somebody who does something to a ride. */
export interface Actor {
  /** Their profile's id. */
  id: string | undefined;
  roles: readonly Role[];
}

/** The ways in which an actor might do it; where administrators may, they do it as such. */
export function waysOf(verb: Verb, { roles }: Actor): Transition[] {
  const ways = transitions.filter((transition) => transition.verb === verb);
  const admin = roles.includes('ADMIN') ? ways.filter(({ who }) => who === 'ADMIN') : [];
  return admin.length > 0 ? admin : ways.filter(({ who }) => who !== 'ADMIN');
}

/** Whether an actor has that part in a ride. */
export function hasPart({ id, roles }: Actor, who: Part, ride: Ride): boolean {
  if (who === 'ADMIN') return roles.includes('ADMIN');
  if (id === undefined) return false;
  if (who === 'PASSENGER') return ride.passengerId === id;
  return who === 'DRIVER' ? ride.driverId === id : ride.passengerId !== id;
}

/** Whether exactly this has been done by the same one before: then its answer was lost, and is due once more. */
export function wasDone({ verb, who, to }: Transition, actor: Actor, ride: Ride): boolean {
  if (ride.status !== to) return false;
  if (who === 'NEW DRIVER') return hasPart(actor, 'DRIVER', ride);
  return hasPart(actor, who, ride) && (verb !== 'cancel' || ride.cancelledBy === who);
}

const names: Record<Part, string> = {
  PASSENGER: 'its passenger',
  DRIVER: 'its driver',
  'NEW DRIVER': 'any driver but its passenger',
  ADMIN: 'an administrator',
};
const participles: Record<Verb, string> = {
  accept: 'accepted',
  start: 'started',
  complete: 'completed',
  cancel: 'cancelled',
};
const either = new Intl.ListFormat('en', { type: 'disjunction' });

/** `It can be started by its driver while ACCEPTED.` */
export function ruleOf(verb: Verb): string {
  const ways = transitions.filter((transition) => transition.verb === verb);
  const told = ways.map(({ who, from }) => `by ${names[who]} while ${either.format(from)}`);
  return `It can be ${participles[verb]} ${told.join('; ')}.`;
}
