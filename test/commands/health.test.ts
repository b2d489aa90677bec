import { describe, expect, it } from 'vitest';
import { askFromOutside } from '../../src/commands/shared/http-health.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import { serviceOf, settingsOf } from '../environment-settings.ts';
import { ask, backend, createWorld, labels, pressed, rds, refusal, rootHome, screen, well } from './world.ts';

const refused = { status: undefined, latencyMs: 1, body: '', error: 'refused' };

describe('health', () => {
  it('asks from on the instance and through the balancer', async () => {
    const { reply } = await ask('health');
    expect(screen(reply)).toBe(
      [
        'backend-api is well',
        'on i-080c218b1eb3925ee  ok 14 ms',
        'through d2-ride-booking-dev-alb  ok 21 ms',
        'status  ok',
        'timestamp  2026-11-23T01:12:00Z',
        'API docs: http://dev-alb.example.com:80/api/docs',
      ].join('\n'),
    );
  });

  it('says where the API docs are when there is no balancer', async () => {
    const { reply } = await ask('ping', createWorld({ balancers: [] }));
    expect(screen(reply)).toContain('through the ALB  there is none');
    expect(screen(reply)).toContain('API docs: http://localhost:3000/api/docs');
  });

  it('tells a refused connection and what to look at', async () => {
    const { reply } = await ask('health', createWorld({ health: refused }));
    expect(reply.tone).toBe('bad');
    expect(screen(reply)).toContain('backend-api is unwell: refused on i-080c218b1eb3925ee');
    expect(screen(reply)).toContain('Nothing listens on its port');
    expect(pressed(reply, 'Errors').args).toEqual({ service: 'backend-api', env: 'dev', level: 'error' });
  });

  it('tells an answer that is not 200, and a body that is not JSON, cut where it is long', async () => {
    const { reply } = await ask(
      'health',
      createWorld({ health: { ...well, status: 503, body: 'x'.repeat(900) } }),
    );
    expect(screen(reply)).toContain('backend-api is unwell: 503');
    expect(screen(reply)).toContain(`${'x'.repeat(200)}… (900 characters)`);
  });

  it('asks every running instance', async () => {
    const { reply } = await ask('health', createWorld({ instances: [backend, { ...backend, id: 'i-2' }] }));
    expect(screen(reply)).toContain('on i-2  ok 14 ms');
  });

  it('shows an offline agent as unknown and still asks through the balancer', async () => {
    const offline = new UserError('unavailable', 'The SSM agent of i-080c218b1eb3925ee is offline.');
    const { reply } = await ask('health', createWorld({ health: offline }));
    expect(reply.tone).toBe('warn');
    expect(screen(reply)).toContain('unknown: The SSM agent of i-080c218b1eb3925ee is offline.');
    expect(screen(reply)).toContain('through d2-ride-booking-dev-alb  ok 21 ms');
  });

  it.each([
    ['stopped', {}, 'backend-api answers, but its database is stopped'],
    ['storage-full', {}, 'backend-api answers, but its database is storage-full'],
    ['stopped', { ready: { ...well, status: 503 } }, 'backend-api answers, but its database is stopped'],
    [
      'available',
      { ready: { ...well, status: 503 } },
      'backend-api answers, but can’t serve: its database may be out of reach',
    ],
  ])('is not well without its database: %s, %j', async (state, changes, title) => {
    const { reply } = await ask('health', createWorld({ databases: [{ ...rds, state }], ...changes }));
    expect(reply.tone).toBe('bad');
    expect(screen(reply).split('\n')[0]).toBe(title);
    expect(reply.data).toMatchObject({ state: 'unhealthy' });
  });

  it.each([
    ['its database serves', { databases: [{ ...rds, state: 'backing-up' }] }],
    ['it says that it is ready', { databases: [{ ...rds, state: 'stopped' }], ready: well }],
    ['it has no such path', { ready: { ...well, status: 404 } }],
    ['that path wants a login', { ready: { ...well, status: 401 } }],
    ['RDS could not be read', { databases: new UserError('unavailable', 'throttled') }],
    [
      'two databases are there, and one is off',
      { databases: [rds, { ...rds, id: 'other', state: 'stopped' }] },
    ],
    [
      'it needs none',
      {
        databases: [{ ...rds, state: 'stopped' }],
        settings: { services: [serviceOf('backend-api', { usesDatabase: false })] },
      },
    ],
  ])('is well where %s', async (_, changes) => {
    expect(screen((await ask('health', createWorld(changes))).reply)).toMatch(/^backend-api is well\n/);
  });

  it.each([
    ['its name is not in DNS', 'its name is not in DNS'],
    ['timed out', 'timed out'],
    ['refused', 'refused'],
  ])('gives no verdict on what the bot can’t reach from where it is: %s', async (error, words) => {
    const { reply } = await ask('health', createWorld({ balancerHealth: { ...refused, error } }));
    expect(reply.tone).toBe('good');
    expect(screen(reply)).toContain(`through d2-ride-booking-dev-alb  not reachable from here: ${words}`);
  });

  it('believes a balancer that answers badly', async () => {
    const { reply } = await ask('health', createWorld({ balancerHealth: { ...well, status: 504 } }));
    expect(screen(reply)).toContain('backend-api is unwell: 504 through d2-ride-booking-dev-alb');
  });

  it('is sent on to HTTPS only at a host that d2.yaml says', async () => {
    const asked: string[] = [];
    const redirect = (location: string) => ({ ...well, status: 301, body: '', location });
    const settings = settingsOf('dev', {
      services: [serviceOf('backend-api', { url: 'https://api.d2.example.com' })],
    });
    const follow = async (location: string) =>
      askFromOutside(
        {
          checkHealth: async (url) => {
            asked.push(url);
            return asked.length === 1 ? redirect(location) : well;
          },
        },
        'http://alb.example.com:80/health',
        settings,
        { signal: AbortSignal.timeout(1_000) },
      );
    expect(await follow('https://api.d2.example.com/health')).toMatchObject({ status: 200 });
    expect(asked).toEqual(['http://alb.example.com:80/health', 'https://api.d2.example.com/health']);
    for (const elsewhere of [
      'https://alb.example.com:443/health',
      'https://evil.example/health',
      'http://[',
    ]) {
      asked.length = 0;
      expect(await follow(elsewhere)).toMatchObject({ status: 301 });
      expect(asked).toHaveLength(1);
    }
  });

  it('says that PM2 has no such process, as news and not as unknown', async () => {
    const { reply } = await ask('health', createWorld({ homes: [{ ...rootHome, processes: [] }] }));
    expect(reply.tone).toBe('bad');
    expect(screen(reply)).toContain(
      'on i-080c218b1eb3925ee  PM2 on i-080c218b1eb3925ee has no process backend-api.',
    );
  });

  it('offers Start when the instance is stopped', async () => {
    const error = await refusal('health', createWorld({ instances: [{ ...backend, state: 'stopped' }] }));
    expect(error.code).toBe('conflict');
    expect(error.message).toBe('backend-api in dev can’t be asked: its instance is stopped.');
    expect(labels(error)).toEqual(['Start dev', 'Status']);
  });

  it('asks for patience while the instance starts', async () => {
    const error = await refusal('health', createWorld({ instances: [{ ...backend, state: 'pending' }] }));
    expect(error.hint).toBe('Ask again in a minute.');
    expect(labels(error)).toEqual(['Status']);
  });

  it('names the tags it looked for when there is no instance', async () => {
    const error = await refusal('health', createWorld({ instances: [] }));
    expect(error.code).toBe('not-found');
    expect(error.hint).toContain('Environment=dev and Service=backend-api');
  });
});
