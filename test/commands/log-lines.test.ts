import { describe, expect, it, test } from 'vitest';
import { entriesOf } from '../../src/commands/logs/entry.ts';
import { envelopes } from '../../src/platform/log-lines/envelopes.ts';
import { formats } from '../../src/platform/log-lines/formats.ts';
import { jsonLoggers } from '../../src/platform/log-lines/json-loggers.ts';
import { levels } from '../../src/platform/log-lines/levels.ts';
import { parseLine } from '../../src/platform/log-lines/parse-line.ts';
import { prefixes } from '../../src/platform/log-lines/prefixes.ts';
import { writers } from './log-writers.ts';

const esc = '\u001b';
const shown = (message: string, fromErrors = false) => {
  const [found] = entriesOf([{ message, at: undefined, fromErrors, source: 'a' }]);
  const { at, level, text } = found?.entry ?? {};
  return [at?.toISOString(), level, text];
};
const one = (fields: object) => shown(JSON.stringify(fields));

describe('a known format', () => {
  it.each([...jsonLoggers, ...formats].map((format) => [format.name, format] as const))(
    'is read: %s',
    (_, { example, reads }) => {
      expect(shown(example).slice(1)).toEqual([reads.level, reads.text]);
    },
  );

  it.each([...prefixes, ...envelopes].map(({ name, example }) => [name, example] as const))(
    'stands behind a prefix that is left out: %s',
    (_, example) => {
      expect(shown(example)[2]).toBe('boom');
      // Whatever the writer’s own line is like.
      const inner = example.includes('"boom')
        ? JSON.stringify('{"level":50,"msg":"no fare"}').slice(1, -1)
        : 'ERROR no fare';
      expect(shown(example.replace('boom', inner)).slice(1)).toEqual(['error', 'no fare']);
    },
  );

  it.each(writers.map((writer) => [writer.name, writer] as const))(
    'says its level: %s',
    (_, { write, words }) => {
      for (const level of levels) {
        for (const word of words[level]) {
          expect([word, parseLine(write(word, 'no fare')).level]).toEqual([word, level]);
        }
      }
    },
  );
});

describe('a line of a log', () => {
  it.each([
    [
      'PM2’s date, Nest’s coloured prefix, then JSON',
      `2026-01-21 09:00:00.123 +08:00: ${esc}[32m[Nest] 4242  - ${esc}[39m01/21/2026, 9:00:00 AM ${esc}[32m    LOG${esc}[39m ${esc}[33m[HttpLogger] ${esc}[39m${esc}[32m{"ts":"2026-01-21T01:00:00.120Z","level":"info","context":"HttpLogger","msg":"HTTP request","requestId":"r1","method":"GET","path":"/health","statusCode":200,"durationMs":3}${esc}[39m`,
      ['2026-01-21T01:00:00.120Z', 'info', 'GET /health 200 3 ms'],
    ],
    [
      'a failed request',
      '{"ts":"2026-01-21T01:00:00Z","level":"error","msg":"HTTP request failed","method":"POST","path":"/rides","statusCode":500,"error":"fare is NaN"}',
      ['2026-01-21T01:00:00.000Z', 'error', 'POST /rides 500 · fare is NaN'],
    ],
    [
      'pino-http',
      '{"level":30,"time":1768957200000,"req":{"id":1,"method":"GET","url":"/a"},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
      ['2026-01-21T01:00:00.000Z', 'info', 'GET /a 200 12 ms'],
    ],
    [
      'Nest’s own',
      `[Nest] 4242  - 01/21/2026, 12:30:00 PM   ERROR [ExceptionsHandler] connect ECONNREFUSED 10.0.0.1:3306`,
      ['2026-01-21T12:30:00.000Z', 'error', 'connect ECONNREFUSED 10.0.0.1:3306 · ExceptionsHandler'],
    ],
    [
      'Nest’s with a narrow space before AM, and a level that only Nest has',
      '[Nest] 7  - 1/2/2026, 12:00:01\u202fAM VERBOSE [App] up',
      ['2026-01-02T00:00:01.000Z', 'debug', 'up · App'],
    ],
    [
      'pino, by number and milliseconds',
      '{"level":50,"time":1768957200000,"msg":"login failed","err":{"message":"denied"}}',
      ['2026-01-21T01:00:00.000Z', 'error', 'login failed · denied'],
    ],
    [
      'winston, its level coloured and in capitals',
      JSON.stringify({
        level: `${esc}[33mWARN${esc}[39m`,
        message: 'slow',
        timestamp: '2026-01-21T01:00:00Z',
      }),
      ['2026-01-21T01:00:00.000Z', 'warn', 'slow'],
    ],
    ['plain words', 'listening on 3000', [undefined, undefined, 'listening on 3000']],
    [
      'a time of day before plain words',
      '09:30:00 shift begins',
      [undefined, undefined, '09:30:00 shift begins'],
    ],
    ['half of a JSON line', '{"level":"info","msg":', [undefined, 'info', '{"level":"info","msg":']],
    ['a level’s name that is no level', '{"level":"constructor","msg":"x"}', [undefined, undefined, 'x']],
    ['a date that is none', '2026-99-99 25:00:00: x', [undefined, undefined, 'x']],
    ['a time without a zone', '21-01-2026 09:00:00: x', ['2026-01-21T09:00:00.000Z', undefined, 'x']],
    ['PM2’s date to the minute', '2026-01-21 09:00 +08:00: x', ['2026-01-21T01:00:00.000Z', undefined, 'x']],
    ['PM2’s date in ms', '1768957200123: x', ['2026-01-21T01:00:00.123Z', undefined, 'x']],
    [
      'another writer’s JSON',
      '[worker] got {"level":"error","msg":"x"}',
      [undefined, 'error', '[worker] got {"level":"error","msg":"x"}'],
    ],
  ])('is read: %s', (_, message, expected) => expect(shown(message)).toEqual(expected));

  it.each([
    '::1 - - [21/Jan/2026:09:00:00 +0800] "GET /error HTTP/1.1" 200 15 "-" "curl/8"',
    'GET /error 200 1.2 ms - 15',
    'no error was found',
    'Error handling is on',
    '{"msg":"error"}',
    '{"level":"info","msg":"ERROR 500","statusCode":500,"method":"GET","path":"/a"}',
    'errors: 0',
    'LOG rotation began',
    '[HTTP] GET /a',
    '[log] rotated',
    '--> GET /error 200 1ms',
    'HTTP server listening',
    'retrying 500 rides',
    '{"status":"fail","level":"debug"}',
  ])('is no error for a word or a number in it: %s', (message) => {
    expect(shown(message)[1]).not.toBe('error');
  });

  it('has its status for a level only where its writer gives none', () => {
    const request = { method: 'GET', path: '/a', statusCode: 503 };
    expect(one(request)[1]).toBe('error');
    expect(one({ ...request, statusCode: 404 })[1]).toBe('warn');
    expect(one({ ...request, level: 'info' })[1]).toBe('info');
    expect(one({ statusCode: 503, msg: 'x' })[1]).toBeUndefined();
  });

  it('shows a request by whatever names its writer has', () => {
    for (const fields of [
      { req: { method: 'GET', url: '/a?b=1' }, res: { statusCode: 200 }, responseTime: 3 },
      { method: 'GET', url: '/a?b=1', status: 200, durationMs: 3.2 },
      {
        http: { request: { method: 'GET' }, response: { status_code: 200 } },
        url: { original: '/a?b=1' },
        latency: '3ms',
      },
      { 'http.method': 'GET', 'http.target': '/a?b=1', 'http.status_code': 200, elapsedMs: 3 },
      {
        httpRequest: {
          requestMethod: 'GET',
          requestUrl: 'https://x.example.com/a?b=1',
          status: 200,
          latency: '0.003s',
        },
      },
      { request: 'GET /a?b=1 HTTP/1.1', status: '200', response_time_ms: 3 },
    ]) {
      expect(one({ level: 'info', ...fields })[2]).toBe('GET /a?b=1 200 3 ms');
    }
  });

  it('is an error when it came from the error stream and says nothing else', () => {
    expect(shown('boom', true)).toEqual([undefined, 'error', 'boom']);
    expect(shown('{"msg":"boom"}', true)[1]).toBe('error');
    expect(shown('{"level":"info","msg":"x"}', true)[1]).toBe('info');
    expect(shown('(node:7) ExperimentalWarning: x', true)[1]).toBe('warn');
    expect(shown('2026-01-21T01:00:00Z stderr F boom')[1]).toBe('error');
  });
});

describe('a stack', () => {
  const stacks: readonly (readonly [name: string, text: string, shownText: string])[] = [
    [
      'Node’s, nobody having caught it',
      '/opt/apps/x.js:3\n    throw new TypeError("no fare");\n    ^\n\nTypeError: no fare\n    at price (/opt/apps/x.js:3:1)\n    at run (/opt/apps/y.js:9:1) {\n  code: \'FARE\'\n}\n\nNode.js v20.20.2',
      'TypeError: no fare · at price (/opt/apps/x.js:3:1)',
    ],
    [
      'Nest’s',
      '[Nest] 1  - 01/21/2026, 9:00:00 AM   ERROR [X] no fare\nTypeError: no fare\n    at price (/opt/apps/x.js:3:1)\n    at run (/opt/apps/y.js:9:1)',
      'no fare · X · at price (/opt/apps/x.js:3:1)',
    ],
    [
      'Python’s, where the exception comes last',
      'Traceback (most recent call last):\n  File "/opt/a.py", line 3, in run\n    price()\n  File "/opt/b.py", line 9, in price\n    raise ValueError("no fare")\nValueError: no fare',
      'ValueError: no fare · File "/opt/b.py", line 9, in price',
    ],
    [
      'Python’s, one exception after another',
      'Traceback (most recent call last):\n  File "/opt/a.py", line 3, in run\nKeyError: 7\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/opt/b.py", line 9, in price\nfare.NoFare: no fare',
      'fare.NoFare: no fare · File "/opt/b.py", line 9, in price',
    ],
    [
      'Python’s of a logged error',
      '2026-01-21 09:00:00,123 ERROR fare no fare\nTraceback (most recent call last):\n  File "/opt/a.py", line 3, in run\n    price()\nValueError: no fare',
      'fare no fare · File "/opt/a.py", line 3, in run',
    ],
    [
      'Java’s',
      '09:00:00.123 [main] ERROR com.d2.Fare - no fare\njava.lang.IllegalStateException: no fare\n\tat com.d2.Fare.price(Fare.java:3)\n\t... 12 more\nCaused by: java.io.IOException: gone\n\tat com.d2.Net.read(Net.java:9)\n\t... 3 more',
      'no fare · com.d2.Fare · at com.d2.Fare.price(Fare.java:3)',
    ],
    [
      'Go’s',
      'panic: no fare\n\ngoroutine 1 [running]:\nmain.(*Fare).price(0x1, {0x0})\n\t/opt/fare.go:3 +0x1d\nmain.main()\n\t/opt/main.go:9 +0x1d\nexit status 2',
      'panic: no fare · goroutine 1 [running]:',
    ],
  ];

  it.each(stacks)('is folded under what happened, in one event or in many: %s', (_, text, shownText) => {
    const lines = text.split('\n');
    const raw = (message: string, second: number) => ({
      message,
      at: new Date(Date.UTC(2026, 0, 21, 1, 0, second)),
      source: 'a',
      fromErrors: false,
    });
    const other = raw('{"level":"info","msg":"before"}', 0);
    const after = raw('{"level":"info","msg":"after"}', 9);
    for (const events of [[raw(text, 5)], lines.map((line) => raw(line, 5))]) {
      const entries = entriesOf([other, ...events, after]).map(({ entry }) => entry);
      expect(entries.map(({ level }) => level)).toEqual(['info', 'error', 'info']);
      expect(entries[1]?.text.replace(/ \(\+\d+ lines?\)$/, '')).toBe(shownText);
      const said = lines.filter((line) => line.trim() !== '').length;
      expect(entries[1]?.stack).toHaveLength(said - 1);
    }
  });

  it('is folded by its own stream, and whatever is only indented is not', () => {
    const line = (source: string, message: string) => ({ source, message, at: undefined, fromErrors: false });
    const entries = entriesOf([
      line('a', '[Nest] 1  - 01/21/2026, 9:00:00 AM   ERROR [X] TypeError: no fare'),
      line('b', 'other words'),
      line('a', '2026-01-21 09:00:00.123 +08:00:     at price (/opt/apps/x.js:3:1)'),
      line('a', '    at run (/opt/apps/y.js:9:1)'),
      line('b', '  indented, but no stack'),
    ]);
    expect(entries.map(({ entry }) => entry.text)).toEqual([
      'TypeError: no fare · X · at price (/opt/apps/x.js:3:1) (+1 line)',
      'other words',
      'indented, but no stack',
    ]);
  });

  it('of one error does not swallow the next', () => {
    const texts = ['ERROR a', 'Error: b', 'TypeError: c', '    at x (y.js:1:1)', 'ERROR d'];
    const entries = entriesOf(
      texts.map((message) => ({ source: 'a', message, at: undefined, fromErrors: false })),
    );
    expect(entries.map(({ entry }) => entry.text)).toEqual([
      'a',
      'Error: b',
      'TypeError: c · at x (y.js:1:1)',
      'd',
    ]);
  });

  it('that is a field is kept too', () => {
    const [found] = entriesOf([
      {
        source: 'a',
        message: '{"level":50,"msg":"x","err":{"stack":"Error: y\\n    at z (a.js:1:1)"}}',
        at: undefined,
        fromErrors: false,
      },
    ]);
    expect(found?.entry.stack).toEqual(['Error: y', '    at z (a.js:1:1)']);
  });
});

test('a huge line is read in time that grows no faster than it does', () => {
  for (const piece of ['a.', '[x] ', 'A:', 'key=1 ', ' at ', '{"a":', '2026-01-21 09:00:00 ', 'Error']) {
    expect(shown(piece.repeat(20_000))[2]?.length).toBeLessThan(400);
  }
});
