import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../sandbox/aws/logs/filter-pattern.ts';

const entry = JSON.stringify({ level: 'error', status: 500, route: '/rides', user: { id: 7 } });

describe('a filter pattern', () => {
  test.each([
    ['', 'anything', true],
    ['ERROR', 'an ERROR here', true],
    ['ERROR', 'an error here', false],
    ['a b', 'b then a', true],
    ['"a b"', 'b then a', false],
    ['a -b', 'a b', false],
    ['?a ?b', 'only b', true],
    ['?x ?y', 'neither', false],
    ['{ $.level = "error" }', entry, true],
    ['{ $.level = "err*" }', entry, true],
    ['{ $.level != "error" }', entry, false],
    ['{ $.status >= 500 && $.route = "/rides" }', entry, true],
    ['{ $.status < 500 || $.user.id = 7 }', entry, true],
    ['{ $.level = "error" }', 'no JSON at all', false],
    ['%[Ee]rror|[Ff]ail%', 'a Failure', true],
    ['%[Ee]rror|[Ff]ail%', 'fine', false],
    ['%^\\s+at\\s%', '    at x', true],
    ['%\\W5\\d{2}\\W%', 'GET /a 503 -', true],
    ['%10\\.0\\.1%', '10.0.1', true],
    ['{ $.route = %^/ri% }', entry, true],
    ['{ $.route != %^/ri% }', entry, false],
  ])('%s over “%s” is %s', (pattern, message, expected) => {
    expect(compilePattern(pattern)(message)).toBe(expected);
  });

  test.each([
    'two-words',
    '"open',
    '{ $.level = }',
    '{ $.level',
    'a&b',
    '%(a|b)%',
    '%a!%',
    '%a"%',
    '%é%',
    '%[a%',
    'a %b%',
    '{ $.a > %b% }',
    'x'.repeat(1_025),
  ])('%s is refused by name', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException' }),
    );
  });
});
