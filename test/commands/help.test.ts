import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineChange } from '../../src/commands/define.ts';
import { commands } from '../../src/commands/index.ts';
import type { Caller } from '../../src/core/access/caller.ts';
import { parse } from '../../src/core/command/parser.ts';
import { invocationsOf } from '../../src/core/reply/actions.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import {
  ada,
  ask,
  catalogOf,
  createWorld,
  details,
  labels,
  omar,
  platformOf,
  pressed,
  refusal,
  screen,
  vera,
} from './world.ts';

/** A change that only an admin may run, whatever else there is. */
const purge = defineChange({
  name: 'purge',
  summary: 'Remove all',
  role: 'admin',
  everyday: true,
  confirm: 'second',
  args: {},
  examples: ['purge'],
  output: z.object({}),
  async plan(): Promise<never> {
    throw new Error('help plans nothing');
  },
  async run(): Promise<never> {
    throw new Error('help runs nothing');
  },
});
const list = [...commands, purge];
const changes = commands.filter(({ kind }) => kind === 'change').map(({ name }) => name);

describe('help', () => {
  it('tells flags that few lines need where one command is explained, and in no usage line', async () => {
    const { reply } = await ask('help cognito add-user', createWorld());
    const everything = `${screen(reply)}\n${details(reply)}`;
    expect(everything).toContain('--phone-number');
    expect(everything).toContain('+60123456789');
    expect(everything).toMatch(/cognito add-user <email> \[--role \S+\] \[--no-email\] \[env\](?! \[--)/);
  });

  it('lists everything to a caller whom nobody looked up, and claims no role', async () => {
    const caller: Caller = { id: 'nobody', name: 'you', surface: 'terminal', anonymous: true };
    const { reply } = await ask('help', createWorld(), { caller, list });
    for (const { name } of list) expect(details(reply)).toMatch(new RegExp(`^${name}  ${name}`, 'm'));
    expect(screen(reply)).toMatch(/^Every command; \S+ whoami tells what you may run\n/);
    expect(screen((await ask('help purge', createWorld(), { caller, list })).reply)).toContain(
      'Needs admin. ',
    );
  });

  it('lists every command that the caller may run, once, with the everyday ones first', async () => {
    const { reply } = await ask('help', createWorld(), { caller: ada });
    const usages = details(reply);
    for (const { name } of commands) expect(usages).toMatch(new RegExp(`^${name}  ${name}`, 'm'));
    expect(screen(reply)).toContain('What you may run as admin\nstatus  Is it well');
    expect(screen(reply)).toContain('cognito …  ');
  });

  it('shows an admin’s command to an admin only, in help and in the menu', async () => {
    for (const line of ['help', '']) {
      const seen = async (caller: Caller) => {
        const { reply } = await ask(line, createWorld(), { caller, list });
        return `${screen(reply)}\n${details(reply)}\n${labels(reply)}`.includes('urge');
      };
      expect(await seen(ada)).toBe(true);
      expect(await seen(omar)).toBe(false);
      expect(await seen(vera)).toBe(false);
    }
  });

  it('explains what a command needs to somebody who may not run it', async () => {
    const { reply } = await ask('help purge', createWorld(), { caller: omar, list });
    expect(screen(reply)).toContain('Needs admin, which you are nowhere. It changes something');
    expect(labels(reply)).toEqual(['All commands']);
  });

  it('shows a viewer nothing that changes', async () => {
    const { reply } = await ask('help', createWorld(), { caller: vera });
    for (const name of changes) expect(details(reply)).not.toContain(`${name}  `);
    expect(details(reply)).toContain('status  status [env]');
  });

  it('explains one command: usage, arguments, aliases, examples, role', async () => {
    const { reply } = await ask('help logs');
    const said = screen(reply);
    expect(said).toContain('/d2 logs [service] [env] [debug|info|warn|error] [since]');
    expect(said).toContain('--from  one of cloudwatch, pm2; cloudwatch unless said');
    expect(said).toContain('Also: log, errors, pm2 logs');
    expect(said).toContain('/d2 logs errors 30m');
    expect(said).toContain('Needs viewer. It only looks.');
    expect(pressed(reply, 'Run logs')).toEqual({ command: 'logs', args: {} });
  });

  it('is what --help on any command and on an alias shows', async () => {
    expect(screen((await ask('ps --help')).reply)).toContain('pm2 list');
    expect(screen((await ask('help ps')).reply)).toContain('ps is pm2 list');
    expect(screen((await ask('--help')).reply)).toContain('What you may run');
  });

  it('lists a family', async () => {
    const { reply } = await ask('help cognito');
    expect(screen(reply)).toContain('cognito show  One user');
    expect(labels(reply)).toContain('cognito list');
  });

  it('offers what was probably meant', async () => {
    const error = await refusal('help statsu');
    expect(error.message).toBe('There is no command "statsu". Did you mean status?');
    expect(pressed(error, 'Help for status').args).toEqual({ command: 'status' });
  });

  it('still answers when roles cannot be looked up', async () => {
    const world = createWorld();
    const platform = platformOf(world);
    const resolveRole = async () => {
      throw new UserError('unavailable', 'Slack did not answer.');
    };
    const { reply } = await ask('help', world, {
      platform: { ...platform, roleDirectory: { ...platform.roleDirectory, resolveRole } },
    });
    expect(screen(reply)).toContain('What you may run');
    for (const name of changes) expect(details(reply)).not.toContain(`${name}  `);
  });
});

describe('an empty line', () => {
  it('opens a menu of the everyday commands, each a button that parses', async () => {
    const { reply } = await ask('');
    expect(labels(reply)).toEqual(
      expect.arrayContaining(['Status', 'Health', 'Logs', 'PM2 list', 'Errors', 'Help']),
    );
    const catalog = catalogOf();
    for (const { invocation } of invocationsOf(reply.actions)) {
      expect(parse(invocation.command, catalog).command.name).toBe(invocation.command);
    }
  });
});

describe('whoami', () => {
  it('tells the role in each environment, where it comes from, and the id to configure', async () => {
    const { reply } = await ask('whoami', createWorld(), { caller: omar });
    expect(screen(reply)).toBe(
      [
        'You are omar: operator in dev, viewer in prod',
        'dev  operator (U0OMAR is listed)',
        'prod  viewer (U0OMAR is listed)',
        'Your id in d2.yaml: U0OMAR',
        'viewer looks, operator changes, admin approves as well.',
      ].join('\n'),
    );
  });

  it('says unknown where the lookup failed', async () => {
    const world = createWorld();
    const platform = platformOf(world);
    const resolveRole = async () => {
      throw new UserError('unavailable', 'Slack did not answer.');
    };
    const { reply } = await ask('whoami', world, {
      platform: { ...platform, roleDirectory: { ...platform.roleDirectory, resolveRole } },
    });
    expect(screen(reply)).toContain('dev  unknown: Slack did not answer.');
  });
});
