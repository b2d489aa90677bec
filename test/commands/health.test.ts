import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/reply/errors.ts';
import { ask, backend, createWorld, labels, pressed, refusal, rootHome, screen, well } from './world.ts';

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
