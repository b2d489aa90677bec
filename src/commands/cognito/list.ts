import { z } from 'zod';
import { count, environment, words } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { type Fact, facts, note } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { type PoolUser, rolesOf } from '../../platform/users.ts';
import { defineRead } from '../define.ts';
import { counted, listed, stamp, zoneName } from '../shared/format.ts';
import { type Source, sourceOf } from '../shared/inventory.ts';
import { describeUser, userData } from './data.ts';

// Cognito answers at most sixty users a page.
const most = 60;

export const cognitoList = defineRead({
  name: 'cognito list',
  summary: 'Users of the Cognito pool, by the beginning of their email or username',
  role: 'viewer',
  everyday: true,
  aliases: ['users', 'cognito users', 'cognito ls'],
  args: { prefix: words('prefix', 128).optional(), env: environment, limit: count(most).flag().default(10) },
  examples: ['cognito list', 'cognito list ana', 'users dev --limit 60'],
  output: z.object({
    users: z.array(userData),
    more: z.boolean().describe('there are more than these'),
  }),
  async run({ args: { prefix, env, limit }, platform, signal }) {
    const call = { signal };
    const { users: pool, settings } = platform.environment(env);
    const { users, more } = await pool.listUsers(prefix, limit, call);
    const beginning = prefix === undefined ? '' : ` whose email or username begins with "${prefix}"`;
    if (users.length === 0) {
      return createReply({
        title: `No user${beginning} in ${env}’s pool`,
        tone: 'info',
        data: { users: [], more },
        parts: [
          note(
            prefix === undefined
              ? 'cognito add-user creates one.'
              : 'Cognito compares letter by letter, capitals too.',
          ),
        ],
        actions: [
          ...(prefix === undefined ? [] : [invoke('All users', 'cognito list', { env })]),
          invoke('Pool', 'cognito config', { env }),
        ],
      });
    }
    // A list comes with attributes and without groups: Cognito tells those a user at a time.
    const roles = await Promise.all(
      users.map((user) =>
        sourceOf(
          settings.cognito.roles === 'attribute'
            ? Promise.resolve(user)
            : pool.findGroups(user.username, call).then((groups) => ({ ...user, groups })),
        ),
      ),
    );
    const shown = `${counted(users.length, 'user')}${beginning} in ${env}${more ? ', and there are more' : ''}`;
    const { timezone } = platform;
    return createReply({
      title: shown,
      tone: 'info',
      data: {
        users: users.map((user, index) => {
          const found = roles[index];
          return describeUser(user, found?.ok ? rolesOf(found.value) : undefined);
        }),
        more,
      },
      parts: [
        facts(users.map((user, index) => userFact(user, roles[index], users))),
        note(
          more
            ? `The first ${users.length}; there are more. Type the beginning of an email to narrow it.`
            : 'That is all of them.',
        ),
      ],
      details: [
        {
          kind: 'table',
          columns: [
            'email',
            'username',
            'role',
            'status',
            'enabled',
            `created (${zoneName(timezone, platform.clock.now())})`,
          ],
          rows: users.map((user, index) => [
            user.email,
            user.username,
            roleOf(roles[index]),
            user.status,
            user.enabled ? 'yes' : 'no',
            stamp(user.createdAt, timezone),
          ]),
        },
      ],
      actions: [
        ...(more && limit < most
          ? [
              invoke(`Up to ${most}`, 'cognito list', {
                env,
                limit: most,
                ...(prefix !== undefined && { prefix }),
              }),
            ]
          : []),
        invoke('Pool', 'cognito config', { env }),
      ],
    });
  },
});

function userFact(user: PoolUser, found: Source<PoolUser> | undefined, all: readonly PoolUser[]): Fact {
  const off = user.enabled ? '' : ' · disabled';
  // Who signs in by several ways has a user for each.
  const twin = all.some((other) => other !== user && other.email === user.email);
  return {
    label: twin ? `${user.email} (${user.username})` : user.email,
    value: `${roleOf(found)} · ${user.status}${off}`,
    tone: user.enabled ? 'good' : 'warn',
  };
}

function roleOf(found: Source<PoolUser> | undefined): string {
  if (!found?.ok) return 'role unknown';
  const roles = rolesOf(found.value);
  return roles.length === 0 ? 'no role' : listed(roles);
}
