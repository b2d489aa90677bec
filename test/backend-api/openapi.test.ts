import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer, Operation } from './api.ts';
import { hasMariaDb } from './mariadb.ts';
import { startWorld, type World } from './world.ts';

let world: World;

const open = ['/health', '/health/ready'];
const trip = { pickup: { latitude: 1, longitude: 1 }, dropoff: { latitude: 2, longitude: 2 } };
const id = '6f1c2b1e-8f0a-4c57-9a39-0d1f2e3a4b5c';

/** A request that is right but for who asks. */
const askAs = ({ method, path }: Operation, token?: string): Promise<Answer> =>
  world.api.ask(method, path.replace('{id}', id), {
    token,
    ...(['POST', 'PUT'].includes(method) && {
      body: path === '/rides' ? trip : { email: 'ann@example.com', fullName: 'Ann' },
    }),
  });

beforeAll(async () => {
  if (hasMariaDb) world = await startWorld();
});
afterAll(() => world?.close());

describe.runIf(hasMariaDb)('the OpenAPI document', () => {
  const guarded = () => world.api.operations.filter(({ path }) => !open.includes(path));

  it('names every route', () => {
    expect(world.api.operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /profile',
      'GET /health',
      'GET /health/ready',
      'GET /profile',
      'GET /profiles',
      'GET /rides',
      'GET /rides/{id}',
      'POST /profile',
      'POST /rides',
      'POST /rides/{id}/accept',
      'POST /rides/{id}/cancel',
      'POST /rides/{id}/complete',
      'POST /rides/{id}/start',
      'PUT /profile',
    ]);
  });

  it('says of each what it is for, what it takes, and what it answers', () => {
    for (const { method, path, summary, responses, requestBody, parameters } of world.api.operations) {
      const name = `${method} ${path}`;
      expect([name, summary]).toEqual([name, expect.stringMatching(/^.{10,}/)]);
      const answers = Object.entries(responses);
      expect([name, answers.some(([status]) => status.startsWith('2'))]).toEqual([name, true]);
      for (const [status, { content = {} }] of answers) {
        const types = Object.keys(content);
        const expected =
          status === '204'
            ? []
            : [status < '300' || open.includes(path) ? 'application/json' : 'application/problem+json'];
        expect([name, status, types]).toEqual([name, status, expected]);
        for (const { schema } of Object.values(content)) expect(schema).toBeTypeOf('object');
      }
      expect([name, requestBody !== undefined]).toEqual([
        name,
        ['POST', 'PUT'].includes(method) && !path.includes('{'),
      ]);
      expect([name, parameters.some((parameter) => parameter.in === 'path')]).toEqual([
        name,
        path.includes('{'),
      ]);
    }
  });

  it('tells query parameters one by one', () => {
    const namesOf = (path: string) =>
      world.api.operations
        .find((operation) => operation.path === path && operation.method === 'GET')
        ?.parameters.map(({ name }) => name);
    expect(namesOf('/profiles')).toEqual(['page', 'pageSize', 'search', 'role']);
    expect(namesOf('/rides')).toEqual(['page', 'pageSize', 'status']);
  });

  it('refers to nothing that it does not hold', () => {
    const text = JSON.stringify(world.api.document);
    const names = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, at = '']) => at);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const schema = name.split('/').reduce<unknown>((place, part) => {
        const held = z.record(z.string(), z.unknown()).safeParse(place);
        return held.data?.[part];
      }, world.api.document);
      expect([name, schema]).toEqual([name, expect.any(Object)]);
    }
  });

  it('has a bearer token asked of all but the open routes, and so has the service', async () => {
    for (const operation of world.api.operations) {
      const { path, method, security } = operation;
      const name = `${method} ${path}`;
      expect([name, security]).toEqual([name, open.includes(path) ? undefined : [{ bearer: [] }]]);
    }
    for (const operation of guarded())
      for (const token of [undefined, 'a.b.c', await world.pool.token({ claims: { token_use: 'id' } })]) {
        const { status, headers } = await askAs(operation, token);
        expect([operation.path, status]).toEqual([operation.path, 401]);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    for (const path of open) expect((await world.api.ask('GET', path)).status).toBe(200);
  });

  it('is held to the roles of each route, by tokens of every group and none', async () => {
    const everybody = ['ADMIN', 'DRIVER', 'PASSENGER', 'none'];
    const anyGroup = ['ADMIN', 'DRIVER', 'PASSENGER'];
    const allowed: Record<string, string[]> = {
      'GET /profile': everybody,
      'POST /profile': anyGroup,
      'PUT /profile': anyGroup,
      'DELETE /profile': everybody,
      'GET /profiles': ['ADMIN'],
      'POST /rides': ['PASSENGER'],
      'GET /rides': anyGroup,
      'GET /rides/{id}': anyGroup,
      'POST /rides/{id}/accept': ['DRIVER'],
      'POST /rides/{id}/start': ['DRIVER'],
      'POST /rides/{id}/complete': ['DRIVER'],
      'POST /rides/{id}/cancel': anyGroup,
    };
    for (const operation of guarded()) {
      const name = `${operation.method} ${operation.path}`;
      const letIn: string[] = [];
      for (const group of everybody) {
        const { status } = await askAs(operation, await world.pool.token({ groups: [group] }));
        if (status !== 403) letIn.push(group);
      }
      expect([name, letIn]).toEqual([name, allowed[name]]);
    }
  });

  it('is shown to people too', async () => {
    const page = await fetch(`${world.api.url}/api/docs`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('D2 Ride Booking API')]);
  });
});

describe.runIf(hasMariaDb)('what holds answers to the OpenAPI document', () => {
  it('notices an answer that differs in status, type or body', async () => {
    const { ask } = await world.person(['PASSENGER']);
    const answer = await ask('GET', '/profile');
    const faultOf = (changed: Partial<Answer>) =>
      world.api.faultOf('GET', '/profile', { ...answer, ...changed });
    const profile = z.record(z.string(), z.unknown()).parse(answer.json);
    const { role: _, ...without } = profile;
    expect(faultOf({})).toBeUndefined();
    expect(faultOf({ status: 418 })).toContain('418 is not documented');
    expect(faultOf({ status: 500 })).toContain('500 is not documented');
    expect(faultOf({ json: { ...profile, cognitoSub: 'x' } })).toContain(
      'must NOT have additional properties',
    );
    expect(faultOf({ json: { ...profile, createdAt: 'yesterday' } })).toContain('date-time');
    expect(faultOf({ json: { ...profile, role: 'KING' } })).toContain('allowed values');
    expect(faultOf({ json: without })).toContain("must have required property 'role'");
    expect(faultOf({ json: undefined })).toContain('must be object');
    const typed = new Headers(answer.headers);
    typed.set('content-type', 'text/html');
    expect(faultOf({ headers: typed })).toContain('undocumented type text/html');
    expect(world.api.faultOf('DELETE', '/profile', { ...answer, status: 204 })).toContain('has a body');
    expect(world.api.faultOf('GET', '/nowhere', answer)).toContain('200 is not documented');
  });
});
