import { environment } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { facts, text } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code, dayTime } from '../../core/reply/text.ts';
import { type PoolUser, rolesOf } from '../../platform/users.ts';
import { defineRead } from '../define.ts';
import { listed } from '../shared/format.ts';
import { describeUser, userData } from './data.ts';
import { readEmail, user as userArgument } from './user-argument.ts';

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
const elsewhere = 'It signs in with an identity provider and has no password in this pool.';

export const cognitoShow = defineRead({
  name: 'cognito show',
  summary: 'One user of the Cognito pool, by email or username: status, role, created, enabled',
  role: 'viewer',
  aliases: ['cognito user'],
  args: { user: userArgument, env: environment },
  examples: ['cognito show ana@example.com', 'cognito show Google_1043 dev'],
  output: userData,
  async run({ args, platform, signal }) {
    const [user, ...more] = await platform.environment(args.env).users.findUsers(args.user, { signal });
    if (!user) throw notFound(args);
    if (more.length > 0) throw several([user, ...more], args);
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
        ...(user.status === 'EXTERNAL_PROVIDER' ? [text(elsewhere)] : []),
      ],
      details: [facts([{ label: 'username', value: [code(user.username)] }])],
      actions: [invoke('Users', 'cognito list', { env: args.env }), invoke('Refresh', 'cognito show', args)],
    });
  },
});

interface Asked {
  user: string;
  env: string;
}

function notFound({ user, env }: Asked): UserError {
  const prefix = user.slice(0, user.includes('@') ? Math.min(3, user.indexOf('@')) : 3);
  const beginning = invoke(`Users beginning ${prefix}`, 'cognito list', { prefix, env });
  const email = readEmail(user);
  if (email === undefined)
    return new UserError('not-found', `${env}’s pool has no user ${user}.`, {
      hint: 'Say the username as Cognito has it, capitals too, or the email.',
      actions: [beginning],
    });
  return new UserError('not-found', `${user} is not in ${env}’s pool.`, {
    hint: 'Look for how it is written, or create it with cognito add-user.',
    actions: [beginning, invoke(`Add ${email}`.slice(0, 70), 'cognito add-user', { email, env })],
  });
}

const several = (users: readonly PoolUser[], { user, env }: Asked): UserError =>
  new UserError('conflict', `${users.length} users of ${env}’s pool have the email ${user}.`, {
    hint: `Say which by its username: ${users.map(({ username }) => username).join(', ')}.`,
    actions: users
      .slice(0, 5)
      .map(({ username }) =>
        invoke(`Show ${username}`.slice(0, 70), 'cognito show', { user: username, env }),
      ),
  });
