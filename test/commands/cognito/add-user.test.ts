import { describe, expect, it } from 'vitest';
import { OutcomeUnknown, UserError } from '../../../src/core/reply/errors.ts';
import { plain } from '../../../src/core/reply/text.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import type { Pool } from '../../../src/platform/users.ts';
import { createBotProcess } from '../../core/bot.ts';
import { createWorld, details, labels, now, screen, type World } from '../world.ts';

async function run(
  line: string,
  changes: Partial<World> = {},
  wrap?: (environment: Environment) => Environment,
) {
  const stage = createBotProcess(changes);
  const bot = stage.createBot(wrap && { wrap });
  const card = (await bot.say(`cognito add-user ${line}`)).last();
  if (card.state === 'waiting') await bot.press(card.id, 'confirm');
  const end = stage.progress.final(card.id).at(-1) ?? card;
  return {
    ...stage,
    card: card.reply,
    missing: card.missing,
    state: end.state,
    reply: end.reply,
    title: plain(end.reply.title),
  };
}

const created = (mail: string) => `cognito-idp:AdminCreateUser ana@example.com ${mail}`;

describe('cognito add-user', () => {
  it('creates, adds to the group and lets Cognito mail', async () => {
    const { card, state, world, reply } = await run('Ana@Example.com --role driver');
    expect(screen(card)).toContain('DRIVER');
    expect(screen(card)).toContain('an invitation, from Cognito');
    expect(state).toBe('done');
    expect(world.mutations).toEqual([
      created('mailed'),
      'cognito-idp:AdminAddUserToGroup ana@example.com DRIVER',
    ]);
    expect(labels(reply)).toContain('Show');
  });

  it('keeps a generated password in Secrets Manager instead, and tells how to read it, never what it is', async () => {
    const { state, world, reply, audit } = await run('ana@example.com --no-email');
    expect(state).toBe('done');
    expect(world.mutations).toEqual([
      created('not mailed'),
      'cognito-idp:AdminSetUserPassword ana@example.com',
    ]);
    expect(screen(reply)).toContain('--secret-id d2/dev/cognito/ana@example.com');
    expect(JSON.stringify(audit.events)).toContain('ana@example.com');
  });

  it('keeps the role in the attribute alone where the pool has no groups for it', async () => {
    const cognito = {
      pool: undefined,
      client: undefined,
      tag: undefined,
      roles: 'attribute',
      attribute: 'custom:kind',
    } as const;
    const { card, state, world } = await run('ana@example.com --role driver', { settings: { cognito } });
    expect(details(card)).toContain('cognito-idp:AdminCreateUser ana@example.com custom:kind=DRIVER');
    expect(state).toBe('done');
    expect(world.mutations).toEqual([created('mailed')]);
    expect(world.users).toMatchObject([{ email: 'ana@example.com', role: 'DRIVER', groups: [] }]);
  });

  const poolWith = (changes: Partial<Pool>): Partial<World> => {
    const { pool } = createWorld();
    if (pool instanceof Error) throw pool;
    return { pool: { ...pool, ...changes } };
  };

  it.each([
    "o'brien@example.com",
    '_ops@example.com',
    'ana+night@example.com',
    '{x}=a&b/c?!#$%^*|~`@example.com',
    'ana@a.b-c.xn--p1ai',
    'ana@EXAMPLE.museum',
    '"ana@bücher.example"',
    'O’Brien2@Example.com',
  ])('takes %s, which Cognito takes', async (typed) => {
    const { state, world } = await run(typed);
    expect(state).toBe('done');
    const address = typed.replaceAll('"', '').replace('’', "'").replace('bücher', 'xn--bcher-kva');
    expect(world.mutations).toEqual([`cognito-idp:AdminCreateUser ${address.toLowerCase()} mailed`]);
  });

  it.each([
    'ana',
    'ana@example',
    '.ana@example.com',
    'a..b@example.com',
    'ana@-example.com',
    'ana@example.123',
    'änne@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ana@${'a'.repeat(60)}.${'b'.repeat(60)}.example`,
  ])('refuses %s, which Cognito could not mail to', async (typed) => {
    const { state, title } = await run(typed);
    expect(state).toBe('refused');
    expect(title).toContain('an email address such as ana@example.com');
  });

  it('keeps capitals where they count, and warns of whoever has the same letters', async () => {
    const small = {
      username: 'sub-1',
      email: 'foo@bar.example.com',
      status: 'CONFIRMED',
      enabled: true,
      createdAt: now,
    };
    const { card, state, world } = await run('Foo@Bar.example.com', {
      ...poolWith({ caseSensitive: true }),
      users: [small],
    });
    expect(screen(card)).toContain('Add Foo@Bar.example.com to dev?');
    expect(JSON.stringify(card)).toContain('foo@bar.example.com is there already, as another user');
    expect(state).toBe('done');
    expect(world.mutations).toEqual(['cognito-idp:AdminCreateUser Foo@Bar.example.com mailed']);
    const again = await run('Foo@Bar.example.com', { users: [small] });
    expect(again.title).toContain('foo@bar.example.com exists already');
  });

  it('is refused for who signs in with an identity provider under that email', async () => {
    const google = {
      username: 'Google_1',
      email: 'ana@example.com',
      status: 'EXTERNAL_PROVIDER',
      enabled: true,
      createdAt: now,
    };
    const { state, title, world } = await run('ana@example.com', { users: [google] });
    expect(state).toBe('refused');
    expect(title).toContain('EXTERNAL_PROVIDER');
    expect(world.mutations).toEqual([]);
  });

  it.each([
    ['phone_number', '--phone-number +60123456789', 'a phone number', 'phone_number=+60123456789'],
    ['phone_number', '--phone-number "+60 (12) 345-6789"', 'a phone number', 'phone_number=+60123456789'],
    ['name', '--name "Ana Lim"', 'a full name', 'name=Ana Lim'],
    ['given_name', '--given-name Ana', 'a given name', 'given_name=Ana'],
    ['birthdate', '--birthdate 1990-12-31', 'a date of birth', 'birthdate=1990-12-31'],
  ])('asks for %s where the pool requires it, and gives it', async (name, said, expected, given) => {
    const world = poolWith({
      attributes: [
        { name: 'email', required: true },
        { name, required: true },
      ],
    });
    const refused = await run('ana@example.com --role driver', world);
    expect(refused.state).toBe('refused');
    expect(refused.title).toContain(`needs ${expected}`);
    expect(refused.title).toContain(`requires ${name}`);
    expect(screen(refused.reply)).toContain(`Add --${name.replace('_', '-')}`);
    expect(refused.missing).toMatchObject({
      command: 'cognito add-user',
      given: { email: 'ana@example.com', role: 'driver' },
      missing: [{ name: name.replace('_', '-') }],
    });
    expect(refused.world.mutations).toEqual([]);
    const { card, state, world: after } = await run(`ana@example.com ${said}`, world);
    expect(screen(card)).toContain(given.split('=')[1]);
    expect(state).toBe('done');
    expect(after.mutations).toEqual([`cognito-idp:AdminCreateUser ana@example.com mailed ${given}`]);
  });

  it('refuses a phone number without its country', async () => {
    const { title } = await run('ana@example.com --phone-number 0123456789');
    expect(title).toContain('with the country’s code');
  });

  it('creates by the phone number where that is the username, and by a UUID where an email may be none', async () => {
    const byPhone = await run(
      'ana@example.com --role driver --phone-number +60123456789',
      poolWith({ usernames: 'phone_number' }),
    );
    expect(byPhone.world.mutations).toEqual([
      'cognito-idp:AdminCreateUser +60123456789 ana@example.com mailed phone_number=+60123456789',
      'cognito-idp:AdminAddUserToGroup +60123456789 DRIVER',
    ]);
    expect((await run('ana@example.com', poolWith({ usernames: 'phone_number' }))).title).toContain('phone');
    const { state, world } = await run('ana@example.com --no-email', poolWith({ usernames: 'uuid' }));
    expect(state).toBe('done');
    const [created = '', set = ''] = world.mutations;
    expect(created).toMatch(/AdminCreateUser [0-9a-f-]{36} ana@example\.com not mailed/);
    expect(set.split(' ')[1]).toBe(created.split(' ')[1]);
  });

  it('is refused where the pool lacks the attribute of roles, or it does not take the role', async () => {
    const settings = {
      cognito: {
        pool: undefined,
        client: undefined,
        tag: undefined,
        roles: 'attribute',
        attribute: 'custom:rank',
      },
    } as const;
    const lacking = await run('ana@example.com --role driver', { settings });
    expect(lacking.title).toContain('has no attribute custom:rank');
    expect(screen(lacking.reply)).toContain(
      'environments.dev.cognito.attribute names it. It has custom:role, custom:kind',
    );
    const short = [{ name: 'custom:rank', required: false, minLength: 7, maxLength: 10 }];
    const refused = await run('ana@example.com --role admin', {
      settings,
      ...poolWith({ attributes: short }),
    });
    expect(refused.title).toContain('custom:rank does not take ADMIN');
  });

  it('finds the group however the pool spells it', async () => {
    const { world } = await run('ana@example.com --role driver', poolWith({ groups: ['Driver'] }));
    expect(world.mutations).toContain('cognito-idp:AdminAddUserToGroup ana@example.com Driver');
  });

  it('is refused for who exists, saying how they are', async () => {
    const { state, title, world } = await run('ana@example.com', {
      users: [
        {
          username: 'a',
          email: 'ana@example.com',
          status: 'CONFIRMED',
          enabled: false,
          createdAt: now,
          groups: [],
        },
      ],
    });
    expect(state).toBe('refused');
    expect(title).toContain('CONFIRMED, disabled');
    expect(world.mutations).toEqual([]);
  });

  it('says how to end what was left half done: who exists without the group', async () => {
    const { reply, world } = await run('ana@example.com --role admin', {
      users: [
        {
          username: 'sub-1',
          email: 'ana@example.com',
          status: 'CONFIRMED',
          enabled: true,
          createdAt: now,
          groups: [],
        },
      ],
    });
    expect(screen(reply)).toContain('--username sub-1 --group-name ADMIN');
    expect(world.mutations).toEqual([]);
  });

  it('says the same of the attribute, where roles are kept in both', async () => {
    const settings = {
      cognito: {
        pool: undefined,
        client: undefined,
        tag: undefined,
        roles: 'both',
        attribute: 'custom:role',
      },
    } as const;
    const ana = {
      username: 'sub-1',
      email: 'ana@example.com',
      status: 'CONFIRMED',
      enabled: true,
      createdAt: now,
    };
    const hintFor = async (user: { groups: string[]; role?: string }) =>
      screen((await run('ana@example.com --role driver', { settings, users: [{ ...ana, ...user }] })).reply);
    const inGroup = await hintFor({ groups: ['DRIVER'], role: 'PASSENGER' });
    expect(inGroup).toContain('custom:role is PASSENGER; this sets it');
    expect(inGroup).toContain('--username sub-1 --user-attributes Name=custom:role,Value=DRIVER');
    expect(inGroup).not.toContain('--group-name');
    const neither = await hintFor({ groups: [] });
    expect(neither).toContain('--group-name DRIVER');
    expect(neither).toContain('custom:role is not set');
    expect(await hintFor({ groups: ['DRIVER'], role: 'DRIVER' })).not.toContain('aws cognito-idp');
  });

  it('remembers over a restart that the mail was not sent', async () => {
    const stage = createBotProcess();
    const dying = stage.createBot({
      wrap: (environment) => ({
        ...environment,
        users: {
          ...environment.users,
          async createUser(...call) {
            await environment.users.createUser(...call);
            throw new UserError('unavailable', 'Cognito may not send more mail today.');
          },
          addToGroup: () => new Promise<never>(() => undefined),
        },
      }),
    });
    const { id } = (await dying.say('cognito add-user ana@example.com --role admin')).last();
    void dying.press(id, 'confirm');
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    const hold = await stage.memory.locks.holder({ env: 'dev', resource: 'user/ana@example.com' });
    stage.clock.advance((hold?.until ?? 0) + 120_000 - stage.clock.now().getTime());
    await stage.createBot().lookForOrphans();
    const [end] = stage.progress.final(id);
    expect(end?.state).toBe('done');
    expect(end && plain(end.reply.title)).toContain('was not mailed');
  });

  it('is refused for a group that the pool does not have, saying which it has', async () => {
    const stage = createBotProcess();
    if (stage.world.pool instanceof Error) throw stage.world.pool;
    const { state, reply, world } = await run('ana@example.com --role admin', {
      pool: { ...stage.world.pool, groups: ['DRIVER'] },
    });
    expect(state).toBe('refused');
    expect(JSON.stringify(reply)).toContain('It has DRIVER');
    expect(world.mutations).toEqual([]);
  });

  it('mails once: a lost answer is looked after, and the rest goes on', async () => {
    const { state, world } = await run('ana@example.com --role admin', {}, (environment) => ({
      ...environment,
      users: {
        ...environment.users,
        async createUser(...call) {
          await environment.users.createUser(...call);
          throw new OutcomeUnknown('The answer was lost.');
        },
      },
    }));
    expect(state).toBe('done');
    expect(world.mutations.filter((line) => line === created('mailed'))).toHaveLength(1);
  });

  it('mails never twice: what can’t be found after a lost answer did not happen', async () => {
    const calls: string[] = [];
    const { state, world } = await run('ana@example.com --role admin', {}, (environment) => ({
      ...environment,
      users: {
        ...environment.users,
        async createUser() {
          calls.push('sent');
          throw new OutcomeUnknown('The answer was lost.');
        },
      },
    }));
    expect(state).toBe('failed');
    expect(calls).toEqual(['sent']);
    expect(world.mutations).toEqual([]);
  });

  it('goes on where only the mail failed, and says so', async () => {
    const { state, title, reply } = await run('ana@example.com --role admin', {}, (environment) => ({
      ...environment,
      users: {
        ...environment.users,
        async createUser(...call) {
          await environment.users.createUser(...call);
          throw new UserError('unavailable', 'Cognito may not send more mail today.');
        },
      },
    }));
    expect(state).toBe('done');
    expect(title).toContain('was not mailed');
    expect(screen(reply)).toContain('may not send more mail');
  });

  it('ends as failed, nothing changed, where Cognito refuses, and as partly done where only the group fails', async () => {
    const refusing =
      (name: 'createUser' | 'addToGroup') =>
      (environment: Environment): Environment => ({
        ...environment,
        users: {
          ...environment.users,
          [name]: async () => {
            throw new UserError('forbidden', 'The bot may not do that.');
          },
        },
      });
    expect((await run('ana@example.com --role admin', {}, refusing('createUser'))).state).toBe('failed');
    const partly = await run('ana@example.com --role admin', {}, refusing('addToGroup'));
    expect(partly.state).toBe('partly');
    expect(screen(partly.reply)).toContain('done User created');
    expect(screen(partly.reply)).toContain('failed In group ADMIN');
  });
});
