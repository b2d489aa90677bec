import { z } from 'zod';
import { argument } from '../../core/command/arguments.ts';
import { email, environment, oneOf, yes } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { facts, type Part, text as paragraph } from '../../core/reply/parts.ts';
import { createReply, nothingChanged } from '../../core/reply/reply.ts';
import { code, plain, type Span, sentences } from '../../core/reply/text.ts';
import type { Pool, PoolUser } from '../../platform/users.ts';
import { defineChange } from '../define.ts';
import { changes, changesOf, text } from '../shared/data.ts';

const role = argument(
  oneOf('role', ['admin', 'driver', 'passenger'], {
    admin: ['admins'],
    driver: ['drivers'],
    passenger: ['passengers'],
  }),
);

/** Guide 7.2; a password is never typed into, or shown in, chat. */
export const cognitoAddUser = defineChange({
  name: 'cognito add-user',
  summary: 'Create a user with a verified email; Cognito mails the invitation',
  role: 'operator',
  confirm: 'self',
  lock: ({ email }) => `user/${email}`,
  everyday: true,
  args: { email, role: role.flag().optional(), 'no-email': yes.default(false), env: environment },
  examples: ['cognito add-user ana@example.com --role admin', 'cognito add-user ana@example.com --no-email'],
  output: z.object({
    changed: changes,
    role: text,
    mailed: z.boolean().describe('Cognito sent the invitation'),
    keptAs: text.describe('the secret in Secrets Manager that has the password, by its name'),
  }),

  async plan({ args: { email, role, 'no-email': silent, env }, platform, signal }) {
    const { users, settings } = platform.environment(env);
    const pool = await users.findPool({ signal });
    const { roles, attribute } = settings.cognito;
    const name = role?.toUpperCase();
    const group = roles === 'attribute' ? undefined : name;
    if (group !== undefined && !pool.groups.includes(group)) {
      throw new UserError('not-found', `The pool ${pool.name} has no group ${group}.`, {
        hint: `It has ${pool.groups.join(', ') || 'none'}. Terraform creates groups.`,
      });
    }
    const existing = await users.findUser(email, { signal });
    if (existing) {
      throw new UserError(
        'conflict',
        `${email} exists already: ${existing.status}, ${existing.enabled ? 'enabled' : 'disabled'}.`,
        {
          hint: [nothingChanged, ...missing(existing, { pool, group, role: name, roles, attribute })],
          actions: [invoke('Show it', 'cognito show', { email, env })],
        },
      );
    }
    return {
      env,
      question: `Add ${email} to ${env}?`,
      doing: `Adding ${email} to ${env}`,
      did: `added ${email} to ${env}`,
      targets: [{ kind: 'Cognito', id: `${pool.id}/${email}`, name: email, verb: 'add', state: 'absent' }],
      calls: [
        `cognito-idp:AdminCreateUser ${email}${name !== undefined && roles !== 'group' ? ` ${attribute}=${name}` : ''}`,
        ...(group ? [`cognito-idp:AdminAddUserToGroup ${group}`] : []),
        ...(silent ? ['secretsmanager:CreateSecret', `cognito-idp:AdminSetUserPassword ${email}`] : []),
      ],
      steps: [
        { id: 'create', title: 'User created' },
        ...(group ? [{ id: 'group', title: `In group ${group}` }] : []),
        ...(silent ? [{ id: 'password', title: 'Password kept and set' }] : []),
      ],
      facts: [
        { label: 'Pool', value: `${pool.name} (${pool.id})` },
        { label: 'Role', value: name ?? 'none: add --role admin, driver or passenger' },
        {
          label: 'Mail',
          value: silent
            ? 'none; a generated password goes to Secrets Manager'
            : `an invitation, from ${pool.mailsFrom}`,
        },
      ],
      warnings: [],
      data: { group: group ?? null, role: name ?? null, pool: pool.name },
    };
  },

  async run({ args: { email, 'no-email': silent, env }, platform, operation, plan, step, signal }) {
    const { users, settings } = platform.environment(env);
    const call = { operation, signal };
    let unmailed: string | undefined;
    const { note } = await step({
      id: 'create',
      title: 'User created',
      deadlineSeconds: 60,
      // Mailing twice is a nuisance, and the second creation would fail anyway.
      repeatable: false,
      skipWhenSettled: false,
      async happened() {
        return (await users.findUser(email, { signal })) !== undefined;
      },
      async act() {
        try {
          await users.createUser(email, { mail: !silent, role: plan.data.role ?? undefined }, call);
          return undefined;
        } catch (error) {
          // Cognito keeps the user when only the mail could not be sent; a conflict is somebody else's user.
          if (!(error instanceof UserError) || error.code !== 'unavailable') throw error;
          if (!(await users.findUser(email, { signal }))) throw error;
          unmailed = plain(sentences(error.message, error.hint));
          return 'created, but not mailed';
        }
      },
    });
    // Read back where another process created it.
    unmailed ??= note;
    const { group } = plan.data;
    if (group !== null) {
      await step({
        id: 'group',
        title: `In group ${group}`,
        deadlineSeconds: 60,
        repeatable: true,
        async happened() {
          return (await users.findUser(email, { signal }))?.groups?.includes(group) === true;
        },
        async act() {
          await users.addToGroup(email, group, call);
          return undefined;
        },
      });
    }
    let secret: string | undefined;
    if (silent) {
      await step({
        id: 'password',
        title: 'Password kept and set',
        deadlineSeconds: 60,
        repeatable: true,
        async happened() {
          return (await users.findUser(email, { signal }))?.status === 'CONFIRMED';
        },
        async act() {
          secret = (await users.keepPassword(email, call)).secret;
          return undefined;
        },
      });
    }
    const title =
      unmailed === undefined
        ? `${email} is added to ${env}`
        : `${email} is added to ${env}, but was not mailed`;
    return createReply({
      title,
      tone: unmailed === undefined ? 'good' : 'warn',
      data: {
        changed: changesOf(plan.targets, () => 'present'),
        role: plan.data.role,
        mailed: !silent && unmailed === undefined,
        keptAs: secret ?? null,
      },
      parts: [
        facts([
          { label: 'Pool', value: plan.data.pool },
          { label: 'Role', value: plan.data.role ?? 'none' },
        ]),
        ...(unmailed === undefined ? [] : [paragraph(`The invitation was not sent: ${unmailed}`)]),
        ...(silent ? howToRead(secret, email, settings.region) : []),
        ...(!silent && unmailed === undefined
          ? [
              paragraph(
                'Cognito mailed the invitation; its password is good for the days that the pool allows, 7 by default.',
              ),
            ]
          : []),
      ],
      actions: [invoke('Show', 'cognito show', { email, env })],
    });
  },
});

/** The secret's name, never its value. */
function howToRead(secret: string | undefined, email: string, region: string): Part[] {
  if (secret === undefined)
    return [paragraph(`The password is in Secrets Manager, in the secret that ends with ${email}.`)];
  const command = `aws secretsmanager get-secret-value --region ${region} --secret-id ${secret} --query SecretString --output text`;
  return [paragraph('The password is in Secrets Manager. Read it with:'), paragraph([code(command)])];
}

interface Wanted {
  pool: Pool;
  /** Absent where roles are not groups, or none was named; so too the role. */
  group: string | undefined;
  role: string | undefined;
  roles: 'group' | 'attribute' | 'both';
  attribute: string;
}

/** What somebody who exists lacks of the role, with what adds each. */
function missing(user: PoolUser, { pool, group, role, roles, attribute }: Wanted): Span[] {
  const by = (call: string, rest: string) =>
    code(`aws cognito-idp ${call} --user-pool-id ${pool.id} --username ${user.username} ${rest}`);
  const spans: Span[] = [];
  if (group !== undefined && user.groups?.includes(group) === false)
    spans.push(
      ` It is not in ${group}; this adds it: `,
      by('admin-add-user-to-group', `--group-name ${group}`),
    );
  if (role !== undefined && roles !== 'group' && user.role !== role)
    spans.push(
      ` ${attribute} is ${user.role || 'not set'}; this sets it: `,
      by('admin-update-user-attributes', `--user-attributes Name=${attribute},Value=${role}`),
    );
  return spans;
}
