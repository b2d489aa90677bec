import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/reply/errors.ts';
import type { PoolUser } from '../../../src/platform/users.ts';
import {
  ask,
  createWorld,
  details,
  hoursAgo,
  labels,
  platformOf,
  pressed,
  refusal,
  screen,
} from '../world.ts';

const user = (email: string, changes: Partial<PoolUser> = {}): PoolUser => ({
  username: email,
  email,
  status: 'CONFIRMED',
  enabled: true,
  createdAt: hoursAgo(48),
  groups: ['DRIVER'],
  ...changes,
});
const ana = user('ana@example.com', { groups: ['ADMIN'] });
const ben = user('ben@example.com', { enabled: false, groups: [] });
const noPool = new UserError('not-found', 'There is no Cognito pool of dev.');

describe('cognito list', () => {
  it('tells users with role and status, and that these are all', async () => {
    const { reply } = await ask('users', createWorld({ users: [ana, ben] }));
    expect(screen(reply)).toBe(
      [
        '2 users in dev',
        'ana@example.com  ADMIN · CONFIRMED',
        'ben@example.com  no role · CONFIRMED · disabled',
        'That is all of them.',
      ].join('\n'),
    );
    expect(details(reply)).toContain('ana@example.com | ADMIN | CONFIRMED | yes | 21 Nov 09:12');
  });

  it('says how many are shown and that there are more', async () => {
    const users = Array.from({ length: 25 }, (_, index) => user(`u${index}@example.com`));
    const { reply } = await ask('cognito list u', createWorld({ users }));
    expect(screen(reply)).toContain(
      '10 users whose email or username begins with "u" in dev, and there are more',
    );
    expect(pressed(reply, 'Up to 60').args).toEqual({ env: 'dev', limit: 60, prefix: 'u' });
  });

  it('finds them however a phone capitalises the beginning', async () => {
    const { reply } = await ask('cognito list Ana', createWorld({ users: [ana, ben] }));
    expect(screen(reply)).toContain('ana@example.com');
  });

  it('says when nobody begins so', async () => {
    const { reply } = await ask('cognito list zed', createWorld({ users: [ana] }));
    expect(screen(reply)).toContain('No user whose email or username begins with "zed" in dev’s pool');
    expect(labels(reply)).toContain('All users');
  });

  it.each([
    [
      'of the attribute and of groups, the attribute’s first',
      { role: 'ADMIN', groups: ['DRIVER'] },
      'ADMIN, DRIVER',
    ],
    ['once where both say the same', { role: 'DRIVER', groups: ['DRIVER'] }, 'DRIVER'],
    ['of the attribute alone', { role: 'DRIVER', groups: [] }, 'DRIVER'],
    ['of no empty attribute', { role: '', groups: [] }, 'no role'],
  ])('tells roles %s', async (_, changes, roles) => {
    const { reply } = await ask('users', createWorld({ users: [user('ana@example.com', changes)] }));
    expect(screen(reply)).toContain(`ana@example.com  ${roles} · CONFIRMED`);
  });

  it('keeps a user whose role could not be told', async () => {
    const world = createWorld({ users: [ana] });
    const platform = platformOf(world);
    const findGroups = async () => {
      throw new UserError('unavailable', 'throttled');
    };
    const { reply } = await ask('users', world, {
      platform: {
        ...platform,
        environment(name) {
          const environment = platform.environment(name);
          return { ...environment, users: { ...environment.users, findGroups } };
        },
      },
    });
    expect(screen(reply)).toContain('ana@example.com  role unknown · CONFIRMED');
  });

  it('passes on that there is no pool', async () => {
    expect((await refusal('users', createWorld({ users: noPool }))).message).toBe(
      'There is no Cognito pool of dev.',
    );
  });
});

describe('cognito show', () => {
  it('tells one user', async () => {
    const { reply } = await ask('cognito show Ana@Example.com', createWorld({ users: [ana] }));
    expect(screen(reply)).toBe(
      [
        'ana@example.com: CONFIRMED',
        'status  CONFIRMED',
        'role  ADMIN',
        'enabled  yes',
        'created  2026-11-21T01:12:00.000Z',
      ].join('\n'),
    );
  });

  it('says what a status means for the person', async () => {
    const { reply } = await ask(
      'cognito show ana@example.com',
      createWorld({ users: [{ ...ana, status: 'FORCE_CHANGE_PASSWORD' }] }),
    );
    expect(screen(reply)).toContain('the temporary one lasts seven days');
  });

  it('offers to look and to add when there is no such user', async () => {
    const error = await refusal('cognito show ana@example.com', createWorld());
    expect(error.message).toBe('ana@example.com is not in dev’s pool.');
    expect(labels(error)).toEqual(['Users beginning ana', 'Add ana@example.com']);
    expect(pressed(error, 'Add ana@example.com')).toEqual({
      command: 'cognito add-user',
      args: { email: 'ana@example.com', env: 'dev' },
    });
  });

  it('asks for an email or a username', async () => {
    expect((await refusal('cognito show')).message).toContain('needs an email address or a username');
  });

  const google = user('gus@example.com', { username: 'Google_104382', status: 'EXTERNAL_PROVIDER' });
  const uuid = user('gus@example.com', { username: '3f1c0a52-90d1-70b4-8d10-5b0c7e6a9f21' });

  it.each(['Google_104382', 'gus@example.com'])(
    'tells who signs in with an identity provider, asked for %s',
    async (name) => {
      const { reply } = await ask(`cognito show ${name}`, createWorld({ users: [ana, google] }));
      expect(screen(reply)).toContain('gus@example.com: EXTERNAL_PROVIDER');
      expect(screen(reply)).toContain('no password in this pool');
      expect(details(reply)).toContain('Google_104382');
    },
  );

  it('asks which, where several have one email, and tells each by its username', async () => {
    const world = createWorld({ users: [google, uuid] });
    const error = await refusal('cognito show gus@example.com', world);
    expect(error.message).toBe('2 users of dev’s pool have the email gus@example.com.');
    const { args } = pressed(error, `Show ${uuid.username}`);
    expect(args).toEqual({ user: uuid.username, env: 'dev' });
    expect(screen((await ask(`cognito show ${uuid.username}`, world)).reply)).toContain('CONFIRMED');
    expect(screen((await ask('users gus', world)).reply)).toContain('gus@example.com (Google_104382)');
    expect(screen((await ask('users Google_', world)).reply)).toContain('1 user whose email or username');
  });

  it('offers no adding of what is a username and not there', async () => {
    const error = await refusal('cognito show Google_1');
    expect(error.message).toBe('dev’s pool has no user Google_1.');
    expect(labels(error)).toEqual(['Users beginning Goo']);
  });

  it.each([
    [false, 'ana@example.com: CONFIRMED'],
    [true, undefined],
  ])('goes by the pool’s own rule for capitals: %s', async (caseSensitive, title) => {
    const world = createWorld({ users: [ana] });
    if (world.pool instanceof Error) throw world.pool;
    world.pool = { ...world.pool, caseSensitive };
    const asked = ask('cognito show Ana@Example.com', world);
    if (title === undefined) await expect(asked).rejects.toThrow('Ana@Example.com is not in dev’s pool.');
    else expect(screen((await asked).reply)).toContain(title);
  });
});

describe('cognito config', () => {
  it('tells what an app’s configuration needs', async () => {
    const { reply } = await ask('cognito config');
    for (const fact of [
      'pool  ap-southeast-1_D2SandBox',
      'client  d2-ride-booking-dev-app',
      'issuer  https://cognito-idp.ap-southeast-1.amazonaws.com/ap-southeast-1_D2SandBox',
      'roles  ADMIN, DRIVER, PASSENGER',
    ]) {
      expect(screen(reply)).toContain(fact);
    }
  });

  it('tells what a new user must have, whether capitals count, and where roles are', async () => {
    const { reply } = await ask('cognito config');
    expect(screen(reply)).toContain('required  email');
    expect(screen(reply)).toContain('capitals  don’t count');
    expect(screen(reply)).toContain('The pool has custom:role too, which is not read');
    const cognito = {
      pool: undefined,
      client: undefined,
      tag: undefined,
      roles: 'both',
      attribute: 'custom:role',
    } as const;
    const both = screen((await ask('cognito config', createWorld({ settings: { cognito } }))).reply);
    expect(both).toContain('roles  custom:role, then ADMIN, DRIVER, PASSENGER');
    expect(both).not.toContain('not read');
  });

  it('passes on that there is no pool', async () => {
    expect((await refusal('cognito config', createWorld({ pool: noPool }))).code).toBe('not-found');
  });
});
