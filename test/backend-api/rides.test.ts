import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSoaking, rounds } from '../rounds.ts';
import { hasMariaDb } from './mariadb.ts';
import { detailOf, idOf, type Person, startWorld, type World } from './world.ts';

type RideJson = Record<string, unknown> & { id: string; status: string };

let world: World;
let admin: Person;
let otherPassenger: Person;
let otherDriver: Person;

const trip = {
  pickup: { latitude: 10.762622, longitude: 106.660172, address: '  1 Lê Lợi ' },
  dropoff: { latitude: 10.8, longitude: -106.7 },
};
const states = ['REQUESTED', 'ACCEPTED', 'STARTED', 'COMPLETED', 'CANCELLED'] as const;
type State = (typeof states)[number];

/** A ride that has come that far, cancelled by its driver, with the two people who are in it. */
async function rideThatIs(state: State) {
  const [passenger, driver] = await Promise.all([world.person(['PASSENGER']), world.person(['DRIVER'])]);
  const path = `/rides/${idOf(await passenger.ask('POST', '/rides', { body: trip }))}`;
  const verbs = {
    REQUESTED: [],
    ACCEPTED: ['accept'],
    STARTED: ['accept', 'start'],
    COMPLETED: ['accept', 'start', 'complete'],
    CANCELLED: ['accept', 'cancel'],
  };
  for (const verb of verbs[state]) await driver.ask('POST', `${path}/${verb}`);
  const look = async () => (await admin.ask('GET', path)).json as RideJson;
  return { path, passenger, driver, look };
}

type Ride = Awaited<ReturnType<typeof rideThatIs>>;

const listOf = async ({ ask }: Person, query = '') => {
  const { json } = await ask('GET', `/rides${query}`);
  return json as { items: RideJson[]; total: number; page: number; pageSize: number };
};

beforeAll(async () => {
  if (!hasMariaDb) return;
  world = await startWorld();
  [admin, otherPassenger, otherDriver] = await Promise.all([
    world.person(['ADMIN'], { profile: false }),
    world.person(['PASSENGER']),
    world.person(['DRIVER']),
  ]);
});
afterAll(() => world?.close());

describe.runIf(hasMariaDb)('a ride', () => {
  it('is requested, accepted, started and completed, each with its moment', async () => {
    const [passenger, driver] = await Promise.all([world.person(['PASSENGER']), world.person(['DRIVER'])]);
    const before = new Date().toISOString();
    const made = await passenger.ask('POST', '/rides', { body: trip });
    const ride = made.json as RideJson;
    const path = `/rides/${ride.id}`;
    expect([made.status, made.headers.get('location')]).toEqual([201, path]);
    expect(ride).toEqual({
      id: ride.id,
      status: 'REQUESTED',
      passengerId: passenger.id,
      driverId: null,
      pickup: { ...trip.pickup, address: '1 Lê Lợi' },
      dropoff: { ...trip.dropoff, address: null },
      requestedAt: expect.any(String),
      acceptedAt: null,
      startedAt: null,
      completedAt: null,
      cancelledAt: null,
      cancelledBy: null,
    });
    let known = ride;
    for (const [verb, status, stamp] of [
      ['accept', 'ACCEPTED', 'acceptedAt'],
      ['start', 'STARTED', 'startedAt'],
      ['complete', 'COMPLETED', 'completedAt'],
    ] as const) {
      const { json } = await driver.ask('POST', `${path}/${verb}`);
      const now = json as RideJson;
      expect(now).toEqual({ ...known, status, driverId: driver.id, [stamp]: expect.any(String) });
      known = now;
    }
    expect((await passenger.ask('GET', path)).json).toEqual(known);
    const { requestedAt, acceptedAt, startedAt, completedAt } = known;
    const moments = [before, requestedAt, acceptedAt, startedAt, completedAt, new Date().toISOString()];
    expect(moments.toSorted()).toEqual(moments);
    // Free for the next one.
    expect((await passenger.ask('POST', '/rides', { body: trip })).status).toBe(201);
  });

  const people = ['passenger', 'driver', 'other passenger', 'other driver', 'admin'] as const;
  /** Who may do what, status by status: REQUESTED, ACCEPTED, STARTED, COMPLETED, CANCELLED by its driver. */
  const table: Record<string, Record<(typeof people)[number], number[]>> = {
    accept: {
      passenger: [403, 403, 403, 403, 403],
      driver: [200, 200, 409, 409, 409],
      'other passenger': [403, 403, 403, 403, 403],
      'other driver': [200, 409, 409, 409, 409],
      admin: [403, 403, 403, 403, 403],
    },
    start: {
      passenger: [403, 403, 403, 403, 403],
      driver: [409, 200, 200, 409, 409],
      'other passenger': [403, 403, 403, 403, 403],
      'other driver': [409, 403, 403, 403, 403],
      admin: [403, 403, 403, 403, 403],
    },
    complete: {
      passenger: [403, 403, 403, 403, 403],
      driver: [409, 409, 200, 200, 409],
      'other passenger': [403, 403, 403, 403, 403],
      'other driver': [409, 403, 403, 403, 403],
      admin: [403, 403, 403, 403, 403],
    },
    cancel: {
      passenger: [200, 200, 409, 409, 409],
      driver: [403, 200, 409, 409, 200],
      'other passenger': [403, 403, 403, 403, 403],
      'other driver': [403, 403, 403, 403, 403],
      admin: [200, 200, 200, 409, 409],
    },
  };
  const goal: Record<string, State> = {
    accept: 'ACCEPTED',
    start: 'STARTED',
    complete: 'COMPLETED',
    cancel: 'CANCELLED',
  };

  describe.each(Object.entries(table))('asked to %s', (verb, rows) => {
    it.each(states.map((state, at) => ({ state, at })))(
      'while $state answers by who asks',
      async ({ state, at }) => {
        let ride: Ride | undefined;
        for (const who of people) {
          // Refusals leave it as it is, so that the next one can be asked of the same.
          ride ??= await rideThatIs(state);
          const actors: Record<(typeof people)[number], Person> = {
            passenger: ride.passenger,
            driver: ride.driver,
            'other passenger': otherPassenger,
            'other driver': otherDriver,
            admin,
          };
          const status = rows[who][at];
          const before = await ride.look();
          const answer = await actors[who].ask('POST', `${ride.path}/${verb}`);
          expect([who, answer.status]).toEqual([who, status]);
          const after = await ride.look();
          if (status === 200) {
            expect(answer.json).toEqual(after);
            expect(after.status).toBe(goal[verb]);
            if (verb === 'cancel' && state !== 'CANCELLED') expect(after.cancelledBy).toBe(who.toUpperCase());
          }
          if (status !== 200 || state === goal[verb]) expect(after).toEqual(before);
          if (status === 409) expect(detailOf(answer)).toContain(`This ride is ${state}. It can be `);
          if (status === 200) ride = undefined;
        }
      },
    );
  });

  it('says in a refusal who may do it and when', async () => {
    const { path, passenger, driver } = await rideThatIs('STARTED');
    expect(detailOf(await passenger.ask('POST', `${path}/cancel`))).toBe(
      'This ride is STARTED. It can be cancelled by its passenger while REQUESTED or ACCEPTED; by its driver while ACCEPTED; by an administrator while REQUESTED, ACCEPTED, or STARTED.',
    );
    expect(detailOf(await otherDriver.ask('POST', `${path}/complete`))).toBe(
      'This is not yours to complete. It can be completed by its driver while STARTED.',
    );
    const nowhere = await driver.ask('POST', `/rides/${driver.id}/complete`);
    expect([nowhere.status, detailOf(nowhere)]).toEqual([
      404,
      'There is no such ride, or it is not yours to see: GET /rides lists yours.',
    ]);
  });

  it('repeats a lost answer, whoever cancelled', async () => {
    for (const who of ['passenger', 'driver', 'admin'] as const) {
      const ride = await rideThatIs('ACCEPTED');
      const { ask } = who === 'admin' ? admin : ride[who];
      const [first, second] = [
        await ask('POST', `${ride.path}/cancel`),
        await ask('POST', `${ride.path}/cancel`),
      ];
      expect([first.status, second.status]).toEqual([200, 200]);
      expect(second.json).toEqual(first.json);
      for (const other of [ride.passenger, ride.driver, admin])
        if (other.ask !== ask) expect((await other.ask('POST', `${ride.path}/cancel`)).status).toBe(409);
    }
  });

  it('is not driven by its own passenger', async () => {
    const both = await world.person(['PASSENGER', 'DRIVER']);
    const path = `/rides/${idOf(await both.ask('POST', '/rides', { body: trip }))}`;
    const answer = await both.ask('POST', `${path}/accept`);
    expect([answer.status, detailOf(answer)]).toEqual([
      403,
      'This is not yours to accept. It can be accepted by any driver but its passenger while REQUESTED.',
    ]);
    // As either of the two they may do what these may.
    expect((await both.ask('POST', `${path}/cancel`)).json).toMatchObject({ cancelledBy: 'PASSENGER' });
    const { path: another } = await rideThatIs('REQUESTED');
    await both.ask('POST', `${another}/accept`);
    expect((await both.ask('POST', `${another}/cancel`)).json).toMatchObject({ cancelledBy: 'DRIVER' });
  });

  it('has one winner of all drivers who accept it at once', async () => {
    const many = isSoaking ? 200 : 40;
    const drivers = await Promise.all(Array.from({ length: many }, () => world.person(['DRIVER'])));
    const { path, look } = await rideThatIs('REQUESTED');
    const answers = await Promise.all(drivers.map(({ ask }) => ask('POST', `${path}/accept`)));
    const won = drivers.filter((_, at) => answers[at]?.status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(many - 1);
    expect(await look()).toMatchObject({ status: 'ACCEPTED', driverId: won[0]?.id });
    for (const [at, { json, status }] of answers.entries())
      if (status === 200) expect(json).toMatchObject({ driverId: drivers[at]?.id });
  });

  it('ends once, when its driver completes it and an administrator cancels it at once', async () => {
    for (let round = 0; round < rounds(3); round++) {
      const { path, driver, look } = await rideThatIs('STARTED');
      const [completed, cancelled] = await Promise.all([
        driver.ask('POST', `${path}/complete`),
        admin.ask('POST', `${path}/cancel`),
      ]);
      expect([completed.status, cancelled.status].sort()).toEqual([200, 409]);
      const { status, completedAt, cancelledAt } = await look();
      expect(status).toBe(completed.status === 200 ? 'COMPLETED' : 'CANCELLED');
      expect([completedAt, cancelledAt].filter((stamp) => stamp !== null)).toHaveLength(1);
    }
  });
});

describe.runIf(hasMariaDb)('people', () => {
  it('have one ride at a time, however often they ask at once', async () => {
    const { ask } = await world.person(['PASSENGER']);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('POST', '/rides', { body: trip })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && detailOf(refused)).toBe(
      'You have a ride that is not over: GET /rides shows it; cancel it or wait for its end.',
    );
  });

  it('drive one ride at a time, however many they accept at once', async () => {
    const driver = await world.person(['DRIVER']);
    const rides = await Promise.all(Array.from({ length: 10 }, () => rideThatIs('REQUESTED')));
    const answers = await Promise.all(rides.map(({ path }) => driver.ask('POST', `${path}/accept`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && detailOf(refused)).toBe(
      'You are driving already: GET /rides shows the ride; complete or cancel it first.',
    );
    const mine = (await listOf(driver, '?status=ACCEPTED')).items;
    expect(mine).toHaveLength(1);
    await driver.ask('POST', `/rides/${mine[0]?.id}/cancel`);
    expect((await driver.ask('POST', `${rides.at(-1)?.path}/accept`)).status).toBe(200);
  });

  it('need a profile to ride and to drive, and not to look', async () => {
    const { path } = await rideThatIs('REQUESTED');
    const passenger = await world.person(['PASSENGER'], { profile: false });
    const driver = await world.person(['DRIVER'], { profile: false });
    for (const answer of [
      await passenger.ask('POST', '/rides', { body: trip }),
      await passenger.ask('POST', `${path}/cancel`),
      await driver.ask('POST', `${path}/accept`),
    ])
      expect([answer.status, detailOf(answer)]).toEqual([
        409,
        'You have no profile yet: POST /profile makes one, then ask again.',
      ]);
    expect((await listOf(passenger)).total).toBe(0);
    expect((await passenger.ask('GET', path)).status).toBe(404);
    expect((await driver.ask('GET', path)).status).toBe(200);
  });

  it('see their own rides, drivers those as well that wait, administrators all', async () => {
    const rides = await Promise.all(states.map(rideThatIs));
    for (const [at, { path, passenger, driver }] of rides.entries()) {
      const waits = states[at] === 'REQUESTED';
      const expected: [Person, number][] = [
        [passenger, 200],
        [driver, 200],
        [otherPassenger, 404],
        [otherDriver, waits ? 200 : 404],
        [admin, 200],
      ];
      for (const [person, status] of expected) {
        expect((await person.ask('GET', path)).status).toBe(status);
        const { items } = await listOf(person, '?pageSize=100');
        expect(items.some(({ id }) => path.endsWith(id))).toBe(status === 200);
      }
      // However an id is written.
      expect((await passenger.ask('GET', path.toUpperCase().replace('RIDES', 'rides'))).status).toBe(200);
    }
    const nobody = await world.person([], { profile: false });
    expect((await nobody.ask('GET', '/rides')).status).toBe(403);
  });

  it('page through rides, the newest first, by status', async () => {
    const passenger = await world.person(['PASSENGER']);
    const made: string[] = [];
    for (let at = 0; at < 5; at++) {
      const id = idOf(await passenger.ask('POST', '/rides', { body: trip }));
      made.unshift(id);
      if (at < 4) await passenger.ask('POST', `/rides/${id}/cancel`);
    }
    const all = await listOf(passenger);
    expect(all).toMatchObject({ page: 1, pageSize: 20, total: 5 });
    expect(all.items.map(({ id }) => id)).toEqual(made);
    const second = await listOf(passenger, '?pageSize=2&page=2');
    expect([second.total, second.items.map(({ id }) => id)]).toEqual([5, made.slice(2, 4)]);
    expect(await listOf(passenger, '?pageSize=2&page=4')).toMatchObject({ items: [], total: 5 });
    const open = await listOf(passenger, '?status=REQUESTED');
    expect(open.items.map(({ id }) => id)).toEqual(made.slice(0, 1));
    expect((await listOf(passenger, '?status=CANCELLED')).total).toBe(4);
    expect((await listOf(passenger, '?status=STARTED')).total).toBe(0);
  });
});
