import { describe, expect, it } from 'vitest';
import { createLog } from '../src/logging.ts';

function written(fields: object, message = 'a message', level = 'info') {
  const lines: string[] = [];
  createLog({ level, stream: { write: (line) => void lines.push(line) } }).error(fields, message);
  return lines.join('');
}

const token = `xoxb-${'1234567890'}-abcdefghijkl`;

describe('the log', () => {
  it('is JSON with time, level and message', () => {
    expect(JSON.parse(written({ id: 'A' }))).toMatchObject({ level: 50, id: 'A', msg: 'a message' });
  });

  it('never holds a secret: in a message, a field, an error, its cause, or under a telling key', () => {
    const error = new Error(`with ${token}`, { cause: new Error(`because ${token}`) });
    const all = written(
      { error, deep: { list: [token] }, slackToken: 'short', Authorization: 'x' },
      `sent ${token}`,
    );
    expect(all).not.toContain(token);
    expect(JSON.parse(all)).toMatchObject({ slackToken: '[redacted]', Authorization: '[redacted]' });
  });

  it('keeps an error’s stack and causes, and nothing else that hangs on it', () => {
    const response: Record<string, unknown> = { body: 'all of it' };
    response.self = response;
    const error = Object.assign(new Error('no', { cause: new TypeError('inner') }), {
      $response: response,
      code: 'E',
    });
    const line = JSON.parse(written({ error }));
    expect(line.error).toMatchObject({
      name: 'Error',
      message: 'no',
      code: 'E',
      cause: { name: 'TypeError' },
    });
    expect(line.error.stack).toContain('logging.test.ts');
    expect(line.error).not.toHaveProperty('$response');
  });

  it('outlives cycles', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => written({ cycle, big: 1n })).not.toThrow();
  });

  it('is silent below its level', () => {
    expect(written({}, 'a message', 'silent')).toBe('');
  });
});
