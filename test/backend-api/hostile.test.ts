import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer } from './api.ts';
import { hasMariaDb } from './mariadb.ts';
import { idOf, type Person, startWorld, type World } from './world.ts';

let world: World;
let passenger: Person;
let newcomer: Person;

const place = { latitude: 10, longitude: 106 };
const trip = { pickup: place, dropoff: { latitude: 11, longitude: 106 } };
const person = () => ({ email: `${randomUUID()}@example.com`, fullName: 'Ann' });
const json = { 'content-type': 'application/json' };

const faultsOf = ({ json }: Answer): string[] =>
  z
    .looseObject({ errors: z.array(z.object({ field: z.string() })).default([]) })
    .parse(json)
    .errors.map(({ field }) => field);

beforeAll(async () => {
  if (!hasMariaDb) return;
  world = await startWorld();
  passenger = await world.person(['PASSENGER']);
  newcomer = await world.person(['PASSENGER'], { profile: false });
});
afterAll(async () => {
  if (!world) return;
  const errors = world.service.lines('err');
  const { service } = world;
  expect(service.child.exitCode).toBe(null);
  await world.close();
  // Whatever was sent: nothing unexpected happened.
  expect(errors).toEqual([]);
});

describe.runIf(hasMariaDb)('a hostile profile', () => {
  it.each<[string, string, unknown]>([
    ['no email', 'email', { email: undefined }],
    ['an email that is a number', 'email', { email: 7 }],
    ['an email that is a list', 'email', { email: ['a@example.com'] }],
    ['an email that is an object', 'email', { email: { $ne: '' } }],
    ['an email without a host', 'email', { email: 'ann@' }],
    ['two emails', 'email', { email: 'a@example.com,b@example.com' }],
    ['an email with a line break', 'email', { email: 'a@example.com\r\nbcc: b@example.com' }],
    ['an email with NUL', 'email', { email: 'a\u0000@example.com' }],
    ['an email in another script', 'email', { email: 'а́nn@example.com' }],
    ['an email of 255 characters', 'email', { email: `${'a'.repeat(243)}@example.com` }],
    ['no name', 'fullName', { fullName: undefined }],
    ['an empty name', 'fullName', { fullName: '' }],
    ['a name of blanks', 'fullName', { fullName: ' \u00a0\u3000 ' }],
    ['a name of joiners', 'fullName', { fullName: '\u200d\u200d' }],
    ['a name of fillers', 'fullName', { fullName: '\u3164\u115f' }],
    ['a name with NUL', 'fullName', { fullName: 'Ann\u0000' }],
    ['a name with an escape', 'fullName', { fullName: 'Ann\u001b[31m' }],
    ['a name of two lines', 'fullName', { fullName: 'Ann\nADMIN' }],
    ['a name of two paragraphs', 'fullName', { fullName: 'Ann\u2029ADMIN' }],
    ['a name that turns direction', 'fullName', { fullName: 'Ann\u202eNIMDA' }],
    ['a name that isolates', 'fullName', { fullName: '\u2066Ann\u2069' }],
    ['a name with half a character', 'fullName', { fullName: 'Ann\ud83d' }],
    ['a name of 121 characters', 'fullName', { fullName: '😀'.repeat(121) }],
    ['a name that is true', 'fullName', { fullName: true }],
    ['a phone without +', 'phone', { phone: '84901234567' }],
    ['a phone with blanks', 'phone', { phone: '+84 901 234 567' }],
    ['a phone that begins with 0', 'phone', { phone: '+0901234567' }],
    ['a phone of 16 digits', 'phone', { phone: '+1234567890123456' }],
    ['a phone with a line break', 'phone', { phone: '+84901234567\n' }],
    ['a phone in other digits', 'phone', { phone: '+٨٤٩٠١٢٣٤٥٦٧' }],
    ['a phone that is a number', 'phone', { phone: 84901234567 }],
    ['a field nobody knows', '(all of it)', { admin: true }],
    ['a role', '(all of it)', { role: 'ADMIN' }],
  ])('with %s is refused, and told where', async (_, field, change) => {
    const body = { ...person(), ...(change as object) };
    for (const [{ ask }, method] of [
      [newcomer, 'POST'],
      [passenger, 'PUT'],
    ] as const) {
      const answer = await ask(method, '/profile', { body });
      expect([answer.status, faultsOf(answer)]).toEqual([400, [field]]);
    }
  });

  it('names every fault at once', async () => {
    const answer = await newcomer.ask('POST', '/profile', { body: { email: 1, phone: 2, fullName: 3 } });
    expect(faultsOf(answer).sort()).toEqual(['email', 'fullName', 'phone']);
  });

  it('changes no prototype, and nothing else', async () => {
    const { ask } = await world.person(['PASSENGER'], { profile: false });
    const text = JSON.stringify(person()).slice(0, -1);
    const sent = `${text},"__proto__":{"role":"ADMIN","polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
    const made = await ask('POST', '/profile', { raw: sent, headers: json });
    expect([made.status, made.json]).toEqual([201, expect.objectContaining({ role: 'PASSENGER' })]);
    expect(made.text).not.toContain('polluted');
    expect((await ask('GET', '/profile')).text).not.toContain('polluted');
  });

  it.each([
    ["Robert'); drop table profiles; --"],
    ['" or ""="'],
    ['\\'],
    ["\\' or 1=1 #"],
    ['%_!'],
    ['<script>alert(1)</script>'],
    ['👩‍👩‍👧‍👦'.repeat(17)],
    ['नमस्ते क्‍ष'],
    ['أحمد'],
    ['$' + '{7*7}'],
    ['a'.repeat(120)],
    ['😀'.repeat(120)],
  ])('whose name is "%.30s" keeps it as it is', async (fullName) => {
    const { ask } = await world.person(['PASSENGER'], { profile: false });
    const made = await ask('POST', '/profile', { body: { ...person(), fullName } });
    expect(made.json).toMatchObject({ fullName });
    expect((await ask('GET', '/profile')).json).toEqual(made.json);
    const found = await (await world.person(['ADMIN'], { profile: false })).ask(
      'GET',
      `/profiles?search=${encodeURIComponent(fullName)}`,
    );
    expect(found.text).toContain(idOf(made));
  });
});

describe.runIf(hasMariaDb)('a hostile ride', () => {
  it.each<[string, string, unknown]>([
    ['no dropoff', 'dropoff', { pickup: place }],
    ['a dropoff that is null', 'dropoff', { ...trip, dropoff: null }],
    ['a dropoff that is a list', 'dropoff', { ...trip, dropoff: [10, 106] }],
    ['the dropoff where the pickup is', 'dropoff', { pickup: place, dropoff: place }],
    [
      'the dropoff a hair beside it',
      'dropoff',
      { pickup: place, dropoff: { ...place, latitude: 10.0000001 } },
    ],
    ['a latitude as text', 'pickup.latitude', { ...trip, pickup: { ...place, latitude: '10' } }],
    ['a latitude beyond the pole', 'pickup.latitude', { ...trip, pickup: { ...place, latitude: 90.000001 } }],
    [
      'a longitude beyond the date line',
      'pickup.longitude',
      { ...trip, pickup: { ...place, longitude: -180.1 } },
    ],
    ['no longitude', 'pickup.longitude', { ...trip, pickup: { latitude: 10 } }],
    [
      'an address of 201 characters',
      'pickup.address',
      { ...trip, pickup: { ...place, address: 'a'.repeat(201) } },
    ],
    [
      'an address that turns direction',
      'pickup.address',
      { ...trip, pickup: { ...place, address: '\u202e1' } },
    ],
    ['an altitude', 'pickup', { ...trip, pickup: { ...place, altitude: 1 } }],
    ['a status', '(all of it)', { ...trip, status: 'COMPLETED' }],
    ["another's id", '(all of it)', { ...trip, passengerId: randomUUID() }],
  ])('with %s is refused, and told where', async (_, field, body) => {
    const answer = await passenger.ask('POST', '/rides', { body });
    expect([answer.status, faultsOf(answer)]).toEqual([400, [field]]);
  });

  it('with a number that is none is refused', async () => {
    for (const number of ['1e999', '-1e999'])
      expect(
        faultsOf(
          await passenger.ask('POST', '/rides', {
            raw: JSON.stringify(trip).replace('10', number),
            headers: json,
          }),
        ),
      ).toEqual(['pickup.latitude']);
    for (const number of ['NaN', 'Infinity', '0x10', '1_0', '.5'])
      expect(
        (
          await passenger.ask('POST', '/rides', {
            raw: JSON.stringify(trip).replace('10', number),
            headers: json,
          })
        ).status,
      ).toBe(400);
  });

  it('at the ends of the world is kept to the digit', async () => {
    const ends = {
      pickup: { latitude: -90, longitude: 180, address: null },
      dropoff: { latitude: 89.999999, longitude: -179.999999, address: 'Pole' },
    };
    const made = await passenger.ask('POST', '/rides', { body: ends });
    expect([made.status, made.json]).toEqual([201, expect.objectContaining(ends)]);
    await passenger.ask('POST', `/rides/${idOf(made)}/cancel`);
    const tiny = { pickup: { latitude: -1e-9, longitude: 1e-7 }, dropoff: { latitude: 1, longitude: 1 } };
    const zero = await passenger.ask('POST', '/rides', { body: tiny });
    expect(zero.json).toMatchObject({ pickup: { latitude: 0, longitude: 0 } });
    await passenger.ask('POST', `/rides/${idOf(zero)}/cancel`);
  });

  it.each([
    '1',
    'null',
    "1'%20or%20'1'='1",
    `${randomUUID()}0`,
    randomUUID().replaceAll('-', ''),
    `{${randomUUID()}}`,
    '%00',
    '%zz',
    '..%2f..%2fetc%2fpasswd',
    '%F0%9F%98%80',
    'a'.repeat(5_000),
  ])('has no id such as %.40s', async (id) => {
    expect((await passenger.ask('GET', `/rides/${id}`)).status).toBe(400);
    expect((await passenger.ask('POST', `/rides/${id}/cancel`)).status).toBe(400);
  });

  it('has no status or page that is none', async () => {
    for (const query of ['status=OPEN', 'status[]=REQUESTED', 'status=REQUESTED&status=STARTED', 'page=-1'])
      expect((await passenger.ask('GET', `/rides?${query}`)).status).toBe(400);
  });
});

describe.runIf(hasMariaDb)('a hostile body', () => {
  const send = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
    newcomer.ask('POST', '/profile', { raw, headers });

  it.each([
    '',
    '{',
    '{}}',
    '[]',
    '""',
    'null',
    '7',
    "{'email': 1}",
    '{"email":"a@example.com",}',
    '\ufeff{}',
    '\u0000',
    '[[[[[[[[',
    'undefined',
  ])('such as %j is refused', async (raw) => {
    expect((await send(raw)).status).toBe(400);
  });

  it('of a million characters is refused unread', async () => {
    const { status } = await send(JSON.stringify({ ...person(), fullName: 'a'.repeat(1_000_000) }));
    expect(status).toBe(413);
    const bomb = new Uint8Array(gzipSync('a'.repeat(10_000_000)));
    expect((await send(bomb, { ...json, 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('thirty thousand levels deep is refused', async () => {
    for (const [start, end] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = Math.floor(60_000 / (start.length + end.length));
      const deep = `${start.repeat(depth)}1${end.repeat(depth)}`;
      expect((await send(deep)).status).toBe(400);
      const inside = JSON.stringify(person()).replace('"Ann"', deep.slice(0, -1) + end);
      expect((await send(inside)).status).toBe(400);
    }
  });

  it('of ten thousand unknown fields is refused, and few are told', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`f${at}`, 1]));
    const answer = await send(JSON.stringify({ ...person(), ...many }));
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(100_000);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'x',
  ])('of the type %s is refused with how to send it', async (type) => {
    const answer = await send(JSON.stringify(person()), { 'content-type': type });
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining('content-type: application/json'),
    ]);
  });

  it('in another character set or encoding is refused', async () => {
    const text = JSON.stringify(person());
    expect((await send(text, { 'content-type': 'application/json; charset=klingon' })).status).toBe(415);
    expect((await send(text, { ...json, 'content-encoding': 'zstd-9' })).status).toBe(415);
    expect((await send(text, { ...json, 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('that ends too early harms nobody', async () => {
    const { port } = world.service;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST /profile HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${newcomer.token}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"email":`,
      () => socket.destroy(),
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await passenger.ask('GET', '/profile')).status).toBe(200);
  });
});

describe.runIf(hasMariaDb)('a hostile address', () => {
  it.each(['/nowhere', '/profile/x', '/rides/x/y/z', '//profile', '/PROFILES/..;/admin'])(
    'such as %s leads nowhere, told as a problem',
    async (path) => {
      const answer = await passenger.ask('GET', `${world.api.url}${path}`);
      expect(answer.status).toBe(404);
    },
  );

  it('asked with another method leads nowhere', async () => {
    for (const [method, path] of [
      ['PATCH', '/profile'],
      ['DELETE', '/rides'],
      ['PUT', `/rides/${randomUUID()}`],
      ['POST', '/profiles'],
      ['POST', '/health'],
    ] as const)
      expect((await passenger.ask(method, path, { body: {} })).status).toBe(404);
  });
});
