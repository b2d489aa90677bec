import { z } from 'zod';
import { argument } from '../../core/command/arguments.ts';
import { environment, oneOf, yes } from '../../core/command/kinds.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { facts, type Part, text as paragraph } from '../../core/reply/parts.ts';
import { createReply } from '../../core/reply/reply.ts';
import { code, plain, sentences } from '../../core/reply/text.ts';
import { defineChange } from '../define.ts';
import { changes, changesOf, text } from '../shared/data.ts';
import { attributeArguments, attributesOf } from './attribute-arguments.ts';
import { planUser } from './plan-user.ts';
import { email } from './user-argument.ts';

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
  lock: ({ email }) => `user/${email.toLowerCase()}`,
  everyday: true,
  args: {
    email,
    role: role.flag().optional(),
    'no-email': yes.default(false),
    env: environment,
    ...attributeArguments,
  },
  examples: [
    'cognito add-user ana@example.com --role admin',
    'cognito add-user ana@example.com --no-email',
    'cognito add-user ana@example.com --phone-number +60123456789',
  ],
  output: z.object({
    changed: changes,
    role: text,
    mailed: z.boolean().describe('Cognito sent the invitation'),
    keptAs: text.describe('the secret in Secrets Manager that has the password, by its name'),
  }),

  plan: planUser,

  async run({ args, platform, operation, plan, step, signal }) {
    const { 'no-email': silent, env } = args;
    const { users, settings } = platform.environment(env);
    const { email, username } = plan.data;
    const call = { operation, signal };
    // Somebody with the same email who signs in elsewhere is another user.
    const find = async () =>
      (await users.findUsers(username, { signal })).find(({ status }) => status !== 'EXTERNAL_PROVIDER');
    let unmailed: string | undefined;
    const { note } = await step({
      id: 'create',
      title: 'User created',
      deadlineSeconds: 60,
      // Mailing twice is a nuisance, and the second creation would fail anyway.
      repeatable: false,
      skipWhenSettled: false,
      async happened() {
        return (await find()) !== undefined;
      },
      async act() {
        try {
          await users.createUser(
            {
              username,
              email,
              mail: !silent,
              role: plan.data.role ?? undefined,
              attributes: attributesOf(args),
            },
            call,
          );
          return undefined;
        } catch (error) {
          // Cognito keeps the user when only the mail could not be sent; a conflict is somebody else's user.
          if (!(error instanceof UserError) || error.code !== 'unavailable') throw error;
          if (!(await find())) throw error;
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
          return (await find())?.groups?.includes(group) === true;
        },
        async act() {
          await users.addToGroup(username, group, call);
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
          return (await find())?.status === 'CONFIRMED';
        },
        async act() {
          secret = (await users.keepPassword({ username, email }, call)).secret;
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
      actions: [invoke('Show', 'cognito show', { user: email, env })],
    });
  },
});

/** The secret's name, never its value. */
function howToRead(secret: string | undefined, email: string, region: string): Part[] {
  if (secret === undefined)
    return [paragraph(`The password is in Secrets Manager, in the secret of ${email}.`)];
  const command = `aws secretsmanager get-secret-value --region ${region} --secret-id ${secret} --query SecretString --output text`;
  return [paragraph('The password is in Secrets Manager. Read it with:'), paragraph([code(command)])];
}
