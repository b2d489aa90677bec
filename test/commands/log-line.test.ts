import { describe, expect, it } from 'vitest';
import { entriesOf, entryOf } from '../../src/commands/logs/entry.ts';

const esc = '\u001b';
const shown = (message: string, fromErrors = false) => {
  const { at, level, text } = entryOf({ message, at: undefined, fromErrors });
  return [at?.toISOString(), level, text];
};

describe('a line of a log', () => {
  it.each([
    [
      'PM2’s date, Nest’s coloured prefix, then JSON',
      `2026-01-21 09:00:00.123 +08:00: ${esc}[32m[Nest] 4242  - ${esc}[39m01/21/2026, 9:00:00 AM ${esc}[32m    LOG${esc}[39m ${esc}[33m[HttpLogger] ${esc}[39m${esc}[32m{"ts":"2026-01-21T01:00:00.120Z","level":"info","context":"HttpLogger","msg":"HTTP request","requestId":"r1","method":"GET","path":"/health","statusCode":200,"durationMs":3}${esc}[39m`,
      ['2026-01-21T01:00:00.120Z', 'info', 'GET /health 200'],
    ],
    [
      'a failed request',
      '{"ts":"2026-01-21T01:00:00Z","level":"error","msg":"HTTP request failed","method":"POST","path":"/rides","statusCode":500,"error":"fare is NaN"}',
      ['2026-01-21T01:00:00.000Z', 'error', 'POST /rides 500 · fare is NaN'],
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
    ['severity', '{"severity":"CRITICAL","message":"full"}', [undefined, 'error', 'full']],
    [
      'lvl and seconds',
      '{"lvl":"debug","time":1768957200.5,"msg":"tick"}',
      ['2026-01-21T01:00:00.500Z', 'debug', 'tick'],
    ],
    ['log.level', '{"log.level":"warn","message":"slow"}', [undefined, 'warn', 'slow']],
    ['log with a level in it', '{"log":{"level":"error"},"message":"no"}', [undefined, 'error', 'no']],
    ['levelname', '{"levelname":"WARNING","message":"old"}', [undefined, 'warn', 'old']],
    [
      'morgan, combined',
      '::1 - - [21/Jan/2026:09:00:00 +0800] "GET /rides/7 HTTP/1.1" 404 15 "-" "curl/8"',
      ['2026-01-21T01:00:00.000Z', 'warn', 'GET /rides/7 404'],
    ],
    ['morgan, dev', 'POST /rides 503 12.5 ms - 15', [undefined, 'error', 'POST /rides 503']],
    ['plain words', 'listening on 3000', [undefined, undefined, 'listening on 3000']],
    ['half of a JSON line', '{"level":"info","msg":', [undefined, 'info', '{"level":"info","msg":']],
    ['a level’s name that is no level', '{"level":"constructor","msg":"x"}', [undefined, undefined, 'x']],
    ['a date that is none', '2026-99-99 25:00:00: x', [undefined, undefined, 'x']],
  ])('is read: %s', (_, message, expected) => expect(shown(message)).toEqual(expected));

  it('is an error when it came from the error stream and says nothing else', () => {
    expect(shown('boom', true)).toEqual([undefined, 'error', 'boom']);
    expect(shown('{"level":"info","msg":"x"}', true)[1]).toBe('info');
  });
});

describe('lines of a stack', () => {
  it('are counted on the line before them in their own stream', () => {
    const line = (source: string, message: string) => ({ source, message, at: undefined, fromErrors: false });
    const entries = entriesOf([
      line('a', '[Nest] 1  - 01/21/2026, 9:00:00 AM   ERROR [X] TypeError: no fare'),
      line('b', 'other words'),
      line('a', '2026-01-21 09:00:00.123 +08:00:     at price (/opt/apps/x.js:3:1)'),
      line('a', '    at run (/opt/apps/y.js:9:1)'),
      line('b', '  indented, but no stack'),
    ]);
    expect(entries.map(({ entry }) => entry.text)).toEqual([
      'TypeError: no fare · X · at price (/opt/apps/x.js:3:1) (+1 lines)',
      'other words',
      'indented, but no stack',
    ]);
  });
});
