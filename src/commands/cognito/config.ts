import { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { facts, note, type Part } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code } from '../../core/reply/text.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import type { Pool } from '../../platform/users.ts';
import { defineRead } from '../define.ts';
import { text } from '../shared/data.ts';
import { listed } from '../shared/format.ts';

export const cognitoConfig = defineRead({
  name: 'cognito config',
  summary: 'The Cognito pool’s ids and settings, as an app’s configuration needs them',
  role: 'viewer',
  aliases: ['cognito pool'],
  args: { env: environment },
  examples: ['cognito config', 'cognito config dev'],
  output: z.object({
    pool: z.object({ id: z.string(), name: z.string() }),
    client: text,
    issuer: z.string(),
    groups: z.array(z.string()),
    users: z.number().nullable().describe('about how many'),
    passwordPolicy: z.string(),
    mailsFrom: z.string(),
    caseSensitive: z.boolean().describe('capitals tell users apart'),
    required: z.array(z.string()).describe('attributes that a new user must have'),
  }),
  async run({ args: { env }, platform, signal }) {
    const { users, settings } = platform.environment(env);
    const pool = await users.findPool({ signal });
    const required = pool.attributes
      .filter((one) => one.required && one.name !== 'sub')
      .map(({ name }) => name);
    const title = `${env}’s pool is ${pool.name}`;
    return createReply({
      title,
      tone: 'info',
      parts: [
        facts([
          { label: 'pool', value: [code(pool.id)] },
          { label: 'client', value: pool.client === undefined ? 'none' : [code(pool.client)] },
          { label: 'issuer', value: [code(pool.issuer)] },
          { label: 'roles', value: rolesIn(pool, settings) },
          {
            label: 'users',
            value: pool.users === undefined ? 'not told' : `about ${pool.users.toLocaleString('en')}`,
          },
          { label: 'password', value: pool.passwordPolicy },
          { label: 'mails from', value: pool.mailsFrom },
          { label: 'required', value: required.length === 0 ? 'nothing' : listed(required) },
          { label: 'capitals', value: pool.caseSensitive ? 'count: Ana@… is not ana@…' : 'don’t count' },
        ]),
        ...unreadRole(pool, settings),
      ],
      actions: [invoke('Users', 'cognito list', { env })],
      data: {
        pool: { id: pool.id, name: pool.name },
        client: pool.client ?? null,
        issuer: pool.issuer,
        groups: pool.groups,
        users: pool.users ?? null,
        passwordPolicy: pool.passwordPolicy,
        mailsFrom: pool.mailsFrom,
        caseSensitive: pool.caseSensitive,
        required,
      },
    });
  },
});

/** Where roles are, as `d2.yaml` says. */
function rolesIn({ groups }: Pool, { cognito: { roles, attribute } }: EnvironmentSettings): string {
  const inGroups = groups.length === 0 ? 'none' : listed(groups);
  if (roles === 'attribute') return attribute;
  return roles === 'both' ? `${attribute}, then ${inGroups}` : inGroups;
}

/** Users seem to have no role where the pool keeps it in an attribute that nobody reads. */
function unreadRole(
  { attributes }: Pool,
  { cognito: { roles, attribute }, where }: EnvironmentSettings,
): Part[] {
  return roles === 'group' && attributes.some(({ name }) => name === attribute)
    ? [
        note(
          `The pool has ${attribute} too, which is not read: if roles are kept in it, say \`both\` or \`attribute\` in ${where('cognito.roles')}.`,
        ),
      ]
    : [];
}
