import { randomUUID } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasMariaDb } from './mariadb.ts';
import { detailOf, idOf, startWorld, type World } from './world.ts';

let world: World;

const email = () => `${randomUUID()}@example.com`;
const trip = {
  pickup: { latitude: 10.762622, longitude: 106.660172 },
  dropoff: { latitude: 10.8, longitude: 106.7 },
};

/** The table of transactions is looked at anew only when nobody has for a tenth of a second. */
const patience = { interval: 200, timeout: 4_000 };

/** How many wait for a lock just now. */
async function waitingIn(connection: Connection): Promise<number> {
  const look = "select count(*) as n from information_schema.innodb_trx where trx_state = 'LOCK WAIT'";
  const [[row]] = await connection.query<RowDataPacket[]>(look);
  return Number(row?.n);
}

describe.runIf(hasMariaDb)('profiles', () => {
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.close());

  it.each([
    [['PASSENGER'], 'PASSENGER'],
    [['DRIVER'], 'DRIVER'],
    [['PASSENGER', 'DRIVER'], 'DRIVER'],
    [['DRIVER', 'ADMIN', 'strangers'], 'ADMIN'],
  ])('are made for a caller of %s as %s, shown, replaced and deleted', async (groups, role) => {
    const { ask, sub } = await world.person(groups, { profile: false });
    const none = await ask('GET', '/profile');
    expect([none.status, detailOf(none)]).toEqual([404, 'You have no profile yet: POST /profile makes one.']);

    const before = new Date().toISOString();
    const made = await ask('POST', '/profile', {
      body: { email: ` ${sub}@Example.COM `, fullName: ' Nguye\u0302\u0303n Thi\u0323 😀 ' },
    });
    expect([made.status, made.headers.get('location')]).toEqual([201, '/profile']);
    expect(made.json).toMatchObject({
      email: `${sub}@example.com`,
      phone: null,
      fullName: 'Nguyễn Thị 😀',
      role,
    });
    expect((await ask('GET', '/profile')).json).toEqual(made.json);
    // In UTC, though the database's own time zone is another.
    const { createdAt } = made.json as { createdAt: string };
    const moments = [before, createdAt, new Date().toISOString()];
    expect(moments.toSorted()).toEqual(moments);

    const next = { email: email(), phone: '+84901234567', fullName: 'Binh' };
    const replaced = await ask('PUT', '/profile', { body: next });
    expect(replaced.json).toMatchObject({ ...next, id: idOf(made), role, createdAt });
    // PUT replaces: what is left out is gone.
    const { phone: _, ...rest } = next;
    expect((await ask('PUT', '/profile', { body: rest })).json).toMatchObject({ phone: null });

    expect((await ask('DELETE', '/profile')).status).toBe(204);
    for (const method of ['GET', 'DELETE', 'PUT'])
      expect((await ask(method, '/profile', method === 'PUT' ? { body: next } : {})).status).toBe(404);
    expect((await ask('POST', '/profile', { body: next })).status).toBe(201);
  });

  it('belong to one person each, and an email to one of them, whoever asks at once', async () => {
    const { ask } = await world.person(['PASSENGER'], { profile: false });
    const twice = await Promise.all(
      Array.from({ length: 8 }, () => ask('POST', '/profile', { body: { email: email(), fullName: 'Ann' } })),
    );
    expect(twice.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    expect(twice.filter(({ status }) => status === 409).map(detailOf)).toEqual(
      Array(7).fill('You have a profile already: PUT /profile changes it.'),
    );

    const shared = email();
    const people = await Promise.all(
      Array.from({ length: 8 }, () => world.person(['DRIVER'], { profile: false })),
    );
    const wanted = await Promise.all(
      people.map((person, at) =>
        person.ask('POST', '/profile', {
          body: { email: at % 2 ? shared : shared.toUpperCase(), fullName: 'Ann' },
        }),
      ),
    );
    expect(wanted.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const [refused] = wanted.filter(({ status }) => status === 409).map(detailOf);
    expect(refused).toBe('Another profile has this email: use another one.');

    const taken = await ask('PUT', '/profile', { body: { email: shared, fullName: 'Ann' } });
    expect([taken.status, detailOf(taken)]).toEqual([409, refused]);
    // One's own may stay.
    expect((await ask('GET', '/profile')).json).toMatchObject({ fullName: 'Ann' });
  });

  it('have the role of the token, at POST and at PUT, and none without a group', async () => {
    const { sub, ask } = await world.person(['PASSENGER']);
    const body = { email: email(), fullName: 'Ann' };
    for (const extra of [
      { role: 'ADMIN' },
      { id: randomUUID() },
      { cognito_sub: 'x' },
      { createdAt: 'now' },
    ]) {
      const answer = await ask('PUT', '/profile', { body: { ...body, ...extra } });
      expect([answer.status, answer.text.includes(Object.keys(extra)[0] ?? '')]).toEqual([400, true]);
    }
    const promoted = await world.pool.token({ sub, groups: ['PASSENGER', 'DRIVER'] });
    expect((await world.api.ask('GET', '/profile', { token: promoted })).json).toMatchObject({
      role: 'PASSENGER',
    });
    expect((await world.api.ask('PUT', '/profile', { token: promoted, body })).json).toMatchObject({
      role: 'DRIVER',
    });

    const nobody = await world.person(['strangers'], { profile: false });
    for (const method of ['POST', 'PUT']) {
      const answer = await nobody.ask(method, '/profile', { body: { email: email(), fullName: 'Ann' } });
      expect([answer.status, detailOf(answer)]).toEqual([
        403,
        'You are in none of the groups ADMIN, DRIVER, PASSENGER: ask an administrator to add you, then sign in again.',
      ]);
    }
    expect((await nobody.ask('GET', '/profile')).status).toBe(404);
    expect((await nobody.ask('DELETE', '/profile')).status).toBe(404);
  });

  it('are not deleted while a ride is not over; past rides stay and lose the name', async () => {
    const [passenger, driver, admin] = await Promise.all([
      world.person(['PASSENGER']),
      world.person(['DRIVER']),
      world.person(['ADMIN']),
    ]);
    const ride = `/rides/${idOf(await passenger.ask('POST', '/rides', { body: trip }))}`;
    for (const verb of ['accept', 'start', 'complete']) {
      for (const { ask } of verb === 'accept' ? [passenger] : [passenger, driver]) {
        const refused = await ask('DELETE', '/profile');
        expect([refused.status, detailOf(refused).includes(ride)]).toEqual([409, true]);
      }
      await driver.ask('POST', `${ride}/${verb}`);
    }
    expect((await passenger.ask('DELETE', '/profile')).status).toBe(204);
    expect((await driver.ask('GET', ride)).json).toMatchObject({
      status: 'COMPLETED',
      passengerId: null,
      driverId: driver.id,
    });
    expect((await driver.ask('DELETE', '/profile')).status).toBe(204);
    expect((await admin.ask('GET', ride)).json).toMatchObject({ passengerId: null, driverId: null });
  });

  it('are deleted all the same when a deadlock undoes the first attempt', async () => {
    const passenger = await world.person(['PASSENGER']);
    const past = idOf(await passenger.ask('POST', '/rides', { body: trip }));
    await passenger.ask('POST', `/rides/${past}/cancel`);
    const holder = await world.database.connect();
    await holder.beginTransaction();
    // Who has changed least is the one that the database undoes.
    await holder.query(`insert into profiles
      select uuid(), uuid(), concat(uuid(), '@example.com'), null, 'Weight', 'DRIVER', now(3), now(3) from seq_1_to_50`);
    await holder.query('select id from rides where id = ? for update', [past]);
    const deletion = passenger.ask('DELETE', '/profile');
    await expect.poll(() => waitingIn(holder), patience).toBe(1);
    await holder.query('select id from profiles where id = ? for update', [passenger.id]);
    await holder.rollback();
    await holder.end();
    expect((await deletion).status).toBe(204);
  });

  it.each(['PASSENGER', 'DRIVER'])(
    'keep a new ride waiting while they are deleted, as %s, and then refuse it',
    async (group) => {
      const [passenger, driver, admin] = await Promise.all([
        world.person(['PASSENGER']),
        world.person(['DRIVER']),
        world.person(['ADMIN']),
      ]);
      const leaver = group === 'DRIVER' ? driver : passenger;
      const past = idOf(await passenger.ask('POST', '/rides', { body: trip }));
      for (const verb of ['accept', 'start', 'complete']) await driver.ask('POST', `/rides/${past}/${verb}`);
      const next = idOf(await (await world.person(['PASSENGER'])).ask('POST', '/rides', { body: trip }));

      // Whoever holds the past ride holds the deletion up, in its midst.
      const holder = await world.database.connect();
      await holder.beginTransaction();
      await holder.query('select id from rides where id = ? for update', [past]);
      const deletion = leaver.ask('DELETE', '/profile');
      await expect.poll(() => waitingIn(holder), patience).toBe(1);
      let answered = false;
      const ride = (
        group === 'DRIVER'
          ? leaver.ask('POST', `/rides/${next}/accept`)
          : leaver.ask('POST', '/rides', { body: trip })
      ).finally(() => {
        answered = true;
      });
      await expect.poll(async () => answered || (await waitingIn(holder)) === 2, patience).toBe(true);
      await holder.rollback();
      await holder.end();

      expect([(await deletion).status, (await ride).status]).toEqual([204, 409]);
      expect(detailOf(await ride)).toContain('You have no profile yet');
      expect((await admin.ask('GET', `/rides/${next}`)).json).toMatchObject({
        status: 'REQUESTED',
        driverId: null,
      });
      await admin.ask('POST', `/rides/${next}/cancel`);
    },
  );

  it('are deleted or get a ride when both are asked at once, never both', async () => {
    const admin = await world.person(['ADMIN']);
    const passengers = await Promise.all(Array.from({ length: 40 }, () => world.person(['PASSENGER'])));
    for (const person of passengers.slice(0, 20)) {
      // With a past ride to be renamed, which takes the deletion longer.
      const past = idOf(await person.ask('POST', '/rides', { body: trip }));
      await person.ask('POST', `/rides/${past}/cancel`);
    }
    const outcomes = await Promise.all(
      passengers.map(async ({ ask }, at) => {
        const asks = [() => ask('DELETE', '/profile'), () => ask('POST', '/rides', { body: trip })];
        const [first, second] = await Promise.all(
          (at % 2 ? asks : asks.toReversed()).map((start) => start()),
        );
        return [first?.status, second?.status].sort().join();
      }),
    );
    // Ridden and not deleted, or deleted and not ridden.
    for (const outcome of outcomes) expect(['201,409', '204,409']).toContain(outcome);
    const { json } = await admin.ask('GET', '/rides?status=REQUESTED&pageSize=100');
    const { items } = json as { items: { passengerId: string | null }[] };
    expect(items).toHaveLength(outcomes.filter((outcome) => outcome === '201,409').length);
    expect(items.map(({ passengerId }) => passengerId)).not.toContain(null);
    for (const { ask } of passengers) {
      const [open] = ((await ask('GET', '/rides?status=REQUESTED')).json as { items: { id: string }[] })
        .items;
      if (open) await ask('POST', `/rides/${open.id}/cancel`);
    }
  });
});

describe.runIf(hasMariaDb)('the list of profiles', () => {
  const people = [
    { email: 'vera_1@example.com', phone: '+84901234567', fullName: 'Vera Nguyễn' },
    { email: 'verax1@example.com', phone: '+84907654321', fullName: '100% Omar' },
    { email: 'ada@example.com', phone: null, fullName: "Ada O'Hara 😀" },
    { email: 'gus@example.com', phone: null, fullName: 'Gus ! back\\slash 🚕' },
  ];

  beforeAll(async () => {
    world = await startWorld();
    for (const [at, body] of people.entries()) {
      const { ask } = await world.person([at < 2 ? 'PASSENGER' : 'DRIVER'], { profile: false });
      await ask('POST', '/profile', { body });
    }
  });
  afterAll(() => world?.close());

  async function list(query: Record<string, string>) {
    const { ask } = await world.person(['ADMIN'], { profile: false });
    const { json } = await ask('GET', `/profiles?${new URLSearchParams(query)}`);
    const { items, total } = json as { items: { id: string; email: string }[]; total: number };
    return { total, ids: items.map(({ id }) => id), names: items.map((item) => item.email.split('@')[0]) };
  }

  it.each([
    ['VERA', ['verax1', 'vera_1']],
    ['vera_', ['vera_1']],
    ['EXAMPLE.com', ['gus', 'ada', 'verax1', 'vera_1']],
    ['100%', ['verax1']],
    ['%', ['verax1']],
    ['_', ['vera_1']],
    ['!', ['gus']],
    ['\\', ['gus']],
    ["o'h", ['ada']],
    ['😀', ['ada']],
    ['🚕', ['gus']],
    ['NGUYỄN', ['vera_1']],
    ['nguye\u0302\u0303n', ['vera_1']],
    ['+8490123', ['vera_1']],
    ["' or 1=1 -- ", []],
    ["') union select * from rides -- ", []],
    ['', ['gus', 'ada', 'verax1', 'vera_1']],
  ])('is searched for "%s" in email, name and phone', async (search, found) => {
    const { names, total } = await list({ search });
    expect(names).toEqual(found);
    expect(total).toBe(found.length);
  });

  it('is narrowed to a role, and shown page by page, each row once', async () => {
    expect((await list({ role: 'DRIVER' })).names).toEqual(['gus', 'ada']);
    expect((await list({ role: 'DRIVER', search: 'ada' })).names).toEqual(['ada']);
    expect((await list({ role: 'ADMIN' })).total).toBe(0);
    const owner = await world.database.connect();
    // Rows of one and the same moment keep their order too.
    await owner.query("update profiles set created_at = '2026-01-01'");
    await owner.end();
    const pages = await Promise.all(['1', '2', '3', '4', '5'].map((page) => list({ page, pageSize: '1' })));
    expect(pages.map(({ total }) => total)).toEqual([4, 4, 4, 4, 4]);
    expect(pages.map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1, 0]);
    expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(4);
  });

  it('is for ADMIN alone', async () => {
    for (const groups of [['PASSENGER'], ['DRIVER'], ['PASSENGER', 'DRIVER'], []]) {
      const { ask } = await world.person(groups, { profile: false });
      expect((await ask('GET', '/profiles')).status).toBe(403);
    }
  });

  it.each([
    'page=0',
    'page=-1',
    'page=1.5',
    'page=x',
    'page=1&page=2',
    'page=10001',
    'pageSize=0',
    'pageSize=101',
    'pageSize=',
    'role=KING',
    'role=admin',
    'limit=5',
    'search=a&search=b',
    'search=%00',
    'search=%E2%80%AE',
    `search=${'a'.repeat(255)}`,
    'search[$ne]=a',
  ])('refuses ?%s', async (query) => {
    const { ask } = await world.person(['ADMIN'], { profile: false });
    const answer = await ask('GET', `/profiles?${query}`);
    expect([answer.status, (answer.json as { errors: object[] }).errors.length]).toEqual([400, 1]);
  });
});
