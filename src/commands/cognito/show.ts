import { email, environment } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { facts, text } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code, dayTime } from '../../core/reply/text.ts';
import { rolesOf } from '../../platform/users.ts';
import { defineRead } from '../define.ts';
import { listed } from '../shared/format.ts';
import { describeUser, userData } from './data.ts';

/** What Cognito's words mean for the person. */
const meanings = new Map([
  [
    'FORCE_CHANGE_PASSWORD',
    'It must set a password at the first sign-in; the temporary one lasts seven days.',
  ],
  ['RESET_REQUIRED', 'It must reset its password before it can sign in.'],
  ['UNCONFIRMED', 'Its email is not confirmed yet.'],
  ['COMPROMISED', 'Cognito stopped it: its password was found in a leak.'],
]);

export const cognitoShow = defineRead({
  name: 'cognito show',
  summary: 'One user of the Cognito pool: status, role, created, enabled',
  role: 'viewer',
  aliases: ['cognito user'],
  args: { email, env: environment },
  examples: ['cognito show ana@example.com', 'cognito show ana@example.com dev'],
  output: userData,
  async run({ args, platform, signal }) {
    const user = await platform.environment(args.env).users.findUser(args.email, { signal });
    if (!user) {
      const prefix = args.email.slice(0, Math.min(3, args.email.indexOf('@')));
      throw new UserError('not-found', `${args.email} is not in ${args.env}’s pool.`, {
        hint: 'Look for how it is written, or create it with cognito add-user.',
        actions: [
          invoke(`Users beginning ${prefix}`, 'cognito list', { prefix, env: args.env }),
          invoke(`Add ${args.email}`.slice(0, 70), 'cognito add-user', args),
        ],
      });
    }
    const meaning = meanings.get(user.status);
    const roles = rolesOf(user);
    return createReply({
      data: describeUser(user, roles),
      title: `${user.email}: ${user.enabled ? user.status : 'disabled'}`,
      tone: user.enabled ? (meaning ? 'warn' : 'good') : 'warn',
      summary: `${user.email}: ${user.status}, ${listed(roles)}`,
      parts: [
        facts([
          { label: 'status', value: user.status },
          { label: 'role', value: roles.length === 0 ? 'none' : listed(roles) },
          { label: 'enabled', value: user.enabled ? 'yes' : 'no', tone: user.enabled ? 'good' : 'warn' },
          { label: 'created', value: user.createdAt ? [dayTime(user.createdAt)] : 'not told' },
        ]),
        ...(meaning ? [text(meaning)] : []),
      ],
      details: [facts([{ label: 'username', value: [code(user.username)] }])],
      actions: [invoke('Users', 'cognito list', { env: args.env }), invoke('Refresh', 'cognito show', args)],
    });
  },
});
