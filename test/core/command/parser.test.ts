import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { invocationOf, parse } from '../../../src/core/command/parser.ts';
import { aliasesOf } from '../../../src/core/command/usage.ts';
import { UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import { catalogOf } from '../../commands/world.ts';
import { rounds, seed } from '../../rounds.ts';

const catalog = catalogOf();
const heard = (line: string) => {
  const { command, args } = parse(line, catalog);
  return [command.name, args] as const;
};
const refusal = (line: string): UserError => {
  try {
    heard(line);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`"${line}" was understood`);
};
const said = (error: UserError) =>
  `${error.message} ${plain(error.hint ?? '')} ${JSON.stringify(error.actions)}`;

describe('what people type', () => {
  it.each([
    ['up', 'start'],
    ['on dev', 'start'],
    ['wake', 'start'],
    ['down', 'stop'],
    ['off', 'stop'],
    ['sleep dev', 'stop'],
    ['st', 'status'],
    ['ls', 'status'],
    ['log', 'logs'],
    ['restart', 'pm2 restart'],
    ['reload', 'pm2 reload'],
    ['ps', 'pm2 list'],
    ['ping', 'health'],
    ['users', 'cognito list'],
    ['', 'menu'],
    ['--help', 'help'],
  ])('"%s" is %s', (line, name) => {
    expect(heard(line)[0]).toBe(name);
  });

  it.each([
    ['dev status', 'status', { env: 'dev' }],
    ['prod status', 'status', { env: 'prod' }],
    ['backend restart', 'pm2 restart', { service: 'backend-api', env: 'dev' }],
    ['pm2 backend restart prod', 'pm2 restart', { service: 'backend-api', env: 'prod' }],
    ['stop db', 'stop', { env: 'dev', what: 'rds' }],
    ['stop rds dev', 'stop', { env: 'dev', what: 'rds' }],
    ['STOP Dev.', 'stop', { env: 'dev', what: 'all' }],
    ['stop\u00a0dev', 'stop', { env: 'dev', what: 'all' }],
    ['stop —env dev', 'stop', { env: 'dev', what: 'all' }],
    ['stop -env=dev', 'stop', { env: 'dev', what: 'all' }],
  ])('"%s" means the same in any order and typing', (line, name, args) => {
    expect(heard(line)).toEqual([name, args]);
  });

  it.each([
    ['logs --filter "GET /rides" 30m', 'GET /rides', '30m'],
    ['logs --filter “GET /rides” 30m', 'GET /rides', '30m'],
    ["logs --filter 'GET /rides' 30m", 'GET /rides', '30m'],
    ['logs —filter="two words" 30m', 'two words', '30m'],
    ["logs --filter='two words' 30m", 'two words', '30m'],
    ['logs –filter=‘two words’ 30m', 'two words', '30m'],
    ['logs --filter "2h" 30m', '2h', '30m'],
    ['logs --filter "took 30m"', 'took 30m', '1h'],
    ['logs --filter "say \\"hi\\"" 30m', 'say "hi"', '30m'],
    ['logs --filter POST 1d', 'POST', '1d'],
    ['logs --filter fare is NaN yesterday', 'fare is NaN', 'yesterday'],
    ['logs --filter no fare 2026-01-21T09:30', 'no fare', '2026-01-21t09:30'],
    ['logs --filter POST 1d dev', 'POST', '1d'],
    ['logs 2h --filter took 30m', 'took 30m', '2h'],
    ['logs --filter 30m', '30m', '1h'],
    ['logs --filter took 30m longer', 'took 30m longer', '1h'],
    ['logs --filter connection error', 'connection error', '1h'],
    ["logs --filter can't reach --since 2h", "can't reach", '2h'],
  ])('reads free text to where it ends: %s', (line, filter, since) => {
    expect(heard(line)[1]).toMatchObject({ filter, since });
  });

  it('lets arguments of any kind follow what is quoted', () => {
    expect(heard('logs --filter "GET /rides" errors dev')[1]).toMatchObject({
      filter: 'GET /rides',
      level: 'error',
      env: 'dev',
    });
    expect(refusal('logs --filter "GET /rides" and more').message).toContain('what to do with "and"');
  });

  it('takes words in smart quotes as one, and the rest of the line for a filter', () => {
    expect(heard('logs --filter “fare is NaN”')[1]).toMatchObject({ filter: 'fare is NaN' });
    expect(heard('logs errors 30m –filter fare is NaN')[1]).toMatchObject({
      level: 'error',
      filter: 'fare is NaN',
    });
  });

  it.each(commands.flatMap((command) => command.examples.map((example) => [example])))(
    'hears "%s" from a button as from a line, and in capitals, and with a full stop',
    (example) => {
      const { command, args } = parse(example, catalog);
      const invocation = { command: command.name, args };
      expect(invocationOf(invocation, catalog).args).toEqual(args);
      expect(invocationOf(JSON.parse(JSON.stringify(invocation)), catalog).args).toEqual(args);
      const free = Object.values(command.args).some(
        ({ kind }) => !kind.closed && kind.name !== 'email' && kind.name !== 'yes' && kind.name !== 'number',
      );
      if (!free) expect(heard(`${example.toUpperCase()}.`)).toEqual([command.name, args]);
    },
  );

  it.each(commands.flatMap((command) => aliasesOf(command).map((alias) => [alias, command] as const)))(
    'knows "%s"',
    (alias, command) => {
      const { command: found } = catalog.find(alias) ?? {};
      expect(found?.name).toBe(command.name);
      // Only exactly: no change is run for a word that merely resembles one.
      if (command.kind === 'change')
        for (const slip of [`${alias}p`, alias.slice(0, -1), `${alias}${alias}`])
          if (slip.length > 1 && !catalog.find(slip)) expect(refusal(slip).code).toBe('usage');
    },
  );

  it('takes closed words in any order, before the command and after it', () => {
    const words = fc.shuffledSubarray(['pm2', 'dev', 'backend', 'restart'], { minLength: 4 });
    fc.assert(
      fc.property(words, (order) => {
        // The two words of a name keep their order.
        fc.pre(order.indexOf('pm2') < order.indexOf('restart'));
        expect(heard(order.join(' '))).toEqual(['pm2 restart', { service: 'backend-api', env: 'dev' }]);
      }),
    );
    const more = fc.shuffledSubarray(['errors', '30m', 'prod', 'backend'], { minLength: 4 });
    fc.assert(
      fc.property(more, (order) => {
        expect(heard(`logs ${order.join(' ')}`)[1]).toMatchObject({
          level: 'error',
          since: '30m',
          env: 'prod',
          service: 'backend-api',
        });
      }),
    );
  });

  it('never takes prod for granted', () => {
    for (const command of commands)
      if (command.args.env) for (const example of command.examples) expect(heard(example)[1].env).toBe('dev');
  });
});

describe('what it does not understand', () => {
  it('offers a near miss as a button, also of a change, and runs nothing', () => {
    const error = refusal('stpo dev');
    expect(error.code).toBe('usage');
    expect(error.actions).toContainEqual({
      kind: 'invoke',
      label: 'stop dev',
      invocation: { command: 'stop', args: { env: 'dev', what: 'all' } },
    });
  });

  it('asks for what is missing with what is known, and with an example', () => {
    expect(said(refusal('cognito add-user'))).toContain('cognito add-user ana@example.com');
    expect(said(refusal('pm2'))).toContain('restart');
  });

  it.each([
    ['status staging', 'dev, prod'],
    ['pm2 restart backend-apo', 'backend-api'],
    ['stop dev everything else', 'rds, bastion'],
    ['logs --since 3parsecs', '30m'],
    ['logs --lines 9999', '200'],
    ['logs --colour red', '--filter'],
    ['cognito add-user not-an-email', 'ana@example.com'],
    ['stop dev prod', 'twice'],
  ])('"%s" is told what is known', (line, known) => {
    expect(said(refusal(line))).toContain(known);
  });

  it('says that a line or a filter is too long', () => {
    expect(refusal(`logs --filter ${'x'.repeat(5_000)}`).message).toContain('5,014 characters');
    expect(said(refusal(`logs --filter ${'x'.repeat(300)}`))).toContain('200 characters');
  });

  it.each(['stop \u202edev', 'st\u200batus', 'status \u0007'])(
    'refuses characters that can’t be seen',
    (line) => {
      expect(refusal(line).message).toContain('invisible');
    },
  );

  it.each([
    'cognito add-user ana@example.com Passw0rd!x',
    'logs --filter password=hunter2hunter2',
    'cognito add-user a@b.co --password abc',
    'cognito add-user ana@example.com P@ssw0rd123',
    'cognito test-login ana@example.com P@ssw0rd123',
    'P@ssw0rd123',
    'logs --filter AKIAIOSFODNN7EXAMPLE',
    'status xoxb-1234567890-abcdefghij',
  ])('neither reads nor repeats what looks like a password: %s', (line) => {
    const error = refusal(line);
    for (const secret of [
      'Passw0rd!x',
      'hunter2hunter2',
      'P@ssw0rd123',

      'AKIAIOSFODNN7EXAMPLE',
      'xoxb-',
    ])
      expect(said(error)).not.toContain(secret);
  });

  it('takes an address for an address, however it is spelt', () => {
    expect(heard('cognito add-user Ana.Lee1@Example.com')[1]).toMatchObject({
      email: 'Ana.Lee1@Example.com',
    });
    expect(heard('cognito add-user ana+D2@example.com --role admin')[1]).toMatchObject({ role: 'admin' });
  });

  it.each([
    '__proto__=1',
    '--__proto__=1',
    'status --constructor x',
    'stop `reboot`',
    'stop $(reboot)',
    'stop ; reboot',
    '🔥',
    'logs 🔥',
    'toString',
    'hasOwnProperty dev',
    'stop dev && reboot',
    'status | mail',
    'stop ../../etc/passwd',
    'pm2 restart all',
    'pm2 restart /.*/',
    'pm2 restart backend-api;id',
    'pm2 restart {{ssm:parameter}}',
    'logs --since 30m\u0000',
    'status --env=constructor',
    'cognito add-user <script>@x.co',
    'ｓｔａｔｕｓ',
    'stаtus',
    'logs --lines 1e3',
    'logs --lines -1',
    'logs --lines 0',
    "stop 'dev",
  ])('stays itself at "%s"', (line) => {
    expect(refusal(line).code).toBe('usage');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('any line at all', () => {
  const word = fc.oneof(
    fc.constantFrom(
      ...[...catalog.names()].flatMap((name) => name.split(' ')),
      'dev',
      'prod',
      'backend',
      'errors',
      '30m',
      '--since',
      '--filter',
      '—lines',
      '--',
      '"',
      '“',
      "'",
      '=',
      '--env=',
      'a@b.co',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
  const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));

  it.each([
    ['the sample that never changes', 42],
    [`a new one, seed ${seed} (D2_SEED repeats it)`, seed],
  ])('is understood or refused in words: %s', (_, use) => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    fc.assert(
      fc.property(line, (typed) => {
        try {
          const { command, args } = parse(typed, catalog);
          expect(Object.keys(args).every((name) => Object.hasOwn(command.args, name))).toBe(true);
          // A button that says the same does the same.
          expect(invocationOf({ command: command.name, args }, catalog).args).toEqual(args);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).not.toBe('');
        }
      }),
      { seed: use, numRuns: rounds(1_500) },
    );
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
  });
});
