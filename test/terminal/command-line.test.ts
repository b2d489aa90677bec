import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { tokenize } from '../../src/core/command/tokenizer.ts';
import { callerOf } from '../../src/terminal/caller.ts';
import { lineOf, spelled, spelledForShell } from '../../src/terminal/command-line.ts';
import { parseOptions } from '../../src/terminal/options.ts';

describe('shell words', () => {
  it.each([
    [['status', 'dev']],
    [['logs', '--filter', 'fare is NaN']],
    [['logs', 'he said "no"']],
    [['logs', '"half', 'quoted']],
    [['logs', "it's late"]],
    [["'tis", 'late']],
    [['logs', '']],
    [['logs', '$(id)', '`id`', '*']],
  ])('%j reach the command as they are', (words) => {
    expect(tokenize(lineOf(words)).map(({ raw }) => raw)).toEqual(words);
  });

  it('keep a flag’s value together', () => {
    expect(tokenize(lineOf(['logs', '--filter=fare is NaN']))[1]?.raw).toBe('--filter=fare is NaN');
    expect(tokenize(lineOf(['logs', '--filter=say "no"'])).map(({ raw }) => raw)).toEqual([
      'logs',
      '--filter',
      'say "no"',
    ]);
  });

  it('with both kinds of quotation marks are refused', () => {
    expect(() => lineOf(['logs', `it's "late"`])).toThrow('both kinds of quotation marks');
  });
});

describe('the terminal’s own flags', () => {
  it('are taken from wherever they stand', () => {
    expect(
      parseOptions(['--json', 'stop', '-y', 'dev', '--config', 'a.yaml', '--no-color', '--help']),
    ).toEqual({
      json: true,
      yes: true,
      color: false,
      version: false,
      config: 'a.yaml',
      words: ['stop', 'dev', '--help'],
    });
    expect(parseOptions(['--config=b.yaml', '--version'])).toMatchObject({ config: 'b.yaml', version: true });
  });

  it('end at --', () => {
    expect(parseOptions(['logs', '--', '--json'])).toMatchObject({ json: false, words: ['logs', '--json'] });
  });

  it('say what --config needs', () => {
    expect(() => parseOptions(['status', '--config'])).toThrow('--config needs the path of a d2.yaml');
  });
});

it('an invocation is spelled as somebody would type it', () => {
  const args = { env: 'dev', service: 'backend-api', filter: 'a b', follow: true, quiet: false };
  expect(spelled({ command: 'logs', args })).toBe('logs backend-api dev --filter "a b" --follow');
});

it.each([
  "o'brien@example.com",
  'fare is NaN',
  '$(id) `id`',
  'he said "no"',
  'it\'s \\ "x"',
  'a;b&&c',
  'naïve',
  '*',
  '!!',
])('an invocation is copied into a shell and comes out as it was: %s', (filter) => {
  const line = spelledForShell({ command: 'logs', args: { filter } });
  const { stdout } = spawnSync('bash', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
  expect(stdout).toBe(`logs\n--filter\n${filter}\n`);
});

describe('an STS identity', () => {
  const role = 'arn:aws:sts::000011112222:assumed-role/D2Operator';
  it.each([
    [`${role}/omar@example.com`, `${role}/omar@example.com`, 'omar@example.com'],
    [`${role}/botocore-session-1763864000`, `${role}/*`, 'D2Operator'],
    [`${role}/aws-sdk-js-session-1763864000000`, `${role}/*`, 'D2Operator'],
    [`${role}/1763864000123456789`, `${role}/*`, 'D2Operator'],
    ['arn:aws:iam::000011112222:user/ops/omar', 'arn:aws:iam::000011112222:user/ops/omar', 'omar'],
    ['arn:aws:iam::000011112222:root', 'arn:aws:iam::000011112222:root', 'root'],
  ])('%s is %s, called %s', (arn, id, name) => {
    expect(callerOf(arn)).toEqual({ id, name, surface: 'terminal' });
  });
});
