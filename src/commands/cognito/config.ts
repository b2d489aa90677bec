import { z } from 'zod';
import { environment } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { facts } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code } from '../../core/reply/text.ts';
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
  }),
  async run({ args: { env }, platform, signal }) {
    const pool = await platform.environment(env).users.findPool({ signal });
    const title = `${env}’s pool is ${pool.name}`;
    return createReply({
      title,
      tone: 'info',
      parts: [
        facts([
          { label: 'pool', value: [code(pool.id)] },
          { label: 'client', value: pool.client === undefined ? 'none' : [code(pool.client)] },
          { label: 'issuer', value: [code(pool.issuer)] },
          { label: 'roles', value: pool.groups.length === 0 ? 'none' : listed(pool.groups) },
          {
            label: 'users',
            value: pool.users === undefined ? 'not told' : `about ${pool.users.toLocaleString('en')}`,
          },
          { label: 'password', value: pool.passwordPolicy },
          { label: 'mails from', value: pool.mailsFrom },
        ]),
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
      },
    });
  },
});
