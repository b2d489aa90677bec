import { randomUUID } from 'node:crypto';
import type { Plan } from '../../core/operation/plan.ts';
import { invoke } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { nothingChanged } from '../../core/reply/reply.ts';
import { code, type Span, shellWord } from '../../core/reply/text.ts';
import type { Platform } from '../../platform/platform.ts';
import type { EnvironmentSettings } from '../../platform/settings.ts';
import type { Pool, PoolUser, Users } from '../../platform/users.ts';
import { attributesOf, missingAttributes } from './attribute-arguments.ts';

interface Asked {
  args: Parameters<typeof attributesOf>[0] & {
    readonly email: string;
    readonly role?: string | undefined;
    readonly 'no-email': boolean;
    readonly env: string;
  };
  platform: Platform;
  signal: AbortSignal;
}

export interface NewUserPlan {
  /** The group as the pool spells it. */
  group: string | null;
  role: string | null;
  pool: string;
  /** By the pool's rule for capitals. */
  email: string;
  /** What Cognito is given as the username, and asked by afterwards. */
  username: string;
}

/** What `cognito add-user` would do. Refused, with nothing sent: whoever is there already, and what the pool would not take. */
export async function planUser({ args, platform, signal }: Asked): Promise<Plan<NewUserPlan, never>> {
  const { 'no-email': silent, env } = args;
  const { users, settings } = platform.environment(env);
  const pool = await users.findPool({ signal });
  const email = pool.caseSensitive ? args.email : args.email.toLowerCase();
  const wanted = wantedRole(args.role?.toUpperCase(), pool, settings);
  const { group, role, attribute } = wanted;
  // As typed: an identity provider’s users have their emails as it sent them, capitals too.
  const existing = await users.findUsers(args.email, { signal });
  if (existing.length > 0) throw exists(existing, { email, env, pool, wanted });
  const given = attributesOf(args);
  const lacking = missingAttributes(
    pool,
    { ...given, ...(attribute !== undefined && { [attribute]: role ?? '' }) },
    { command: 'cognito add-user', given: saidOf(args) },
  );
  if (lacking) throw lacking;
  const inAttribute = attribute === undefined ? '' : ` ${attribute}=${role}`;
  return {
    env,
    question: `Add ${email} to ${env}?`,
    doing: `Adding ${email} to ${env}`,
    did: `added ${email} to ${env}`,
    targets: [{ kind: 'Cognito', id: `${pool.id}/${email}`, name: email, verb: 'add', state: 'absent' }],
    calls: [
      `cognito-idp:AdminCreateUser ${email}${inAttribute}`,
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
      { label: 'Role', value: role ?? 'none: add --role admin, driver or passenger' },
      ...Object.entries(given).map(([label, value]) => ({ label, value })),
      {
        label: 'Mail',
        value: silent
          ? 'none; a generated password goes to Secrets Manager'
          : `an invitation, from ${pool.mailsFrom}`,
      },
    ],
    warnings: await sameLetters(users, email, pool, signal),
    data: {
      group: group ?? null,
      role: role ?? null,
      pool: pool.name,
      email,
      username: usernameOf(pool, email, given),
    },
  };
}

/** Where capitals count, whoever has the same letters is another person; a phone's capital is easily typed. */
async function sameLetters(users: Users, email: string, pool: Pool, signal: AbortSignal): Promise<string[]> {
  const small = email.toLowerCase();
  if (!pool.caseSensitive || small === email) return [];
  const alike = await users.findUsers(small, { signal });
  return [
    alike.length > 0
      ? `Capitals count in this pool: ${small} is there already, as another user.`
      : 'Capitals count in this pool: this user signs in with just these.',
  ];
}

function usernameOf({ usernames }: Pool, email: string, given: Readonly<Record<string, string>>): string {
  if (usernames === 'uuid') return randomUUID();
  return usernames === 'phone_number' ? (given.phone_number ?? email) : email;
}

const saidOf = (args: Asked['args']): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

interface WantedRole {
  /** Absent where none was named; group and attribute also where roles are kept in the other. */
  role?: string | undefined;
  group?: string | undefined;
  attribute?: string | undefined;
}

/** Where the role goes. Throws `UserError` not-found for what the pool does not have. */
function wantedRole(
  role: string | undefined,
  pool: Pool,
  { cognito, where }: EnvironmentSettings,
): WantedRole {
  if (role === undefined) return {};
  const { roles, attribute } = cognito;
  const group = pool.groups.find((name) => name.toUpperCase() === role);
  if (roles !== 'attribute' && group === undefined)
    throw new UserError('not-found', `The pool ${pool.name} has no group ${role}.`, {
      hint: `It has ${pool.groups.join(', ') || 'none'}. Terraform creates groups.`,
    });
  if (roles === 'group') return { role, group };
  const known = pool.attributes.find(({ name }) => name === attribute);
  if (!known)
    throw new UserError(
      'not-found',
      `The pool ${pool.name} has no attribute ${attribute}, where roles are kept.`,
      {
        hint: `${where('cognito.attribute')} names it. It has ${ownAttributes(pool)}.`,
      },
    );
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = known;
  if (role.length < minLength || role.length > maxLength)
    throw new UserError('conflict', `The pool’s ${attribute} does not take ${role}.`, {
      hint: `It takes ${minLength} to ${maxLength} characters; Terraform says so when it makes the pool.`,
    });
  return { role, attribute, ...(roles === 'both' && { group }) };
}

const ownAttributes = ({ attributes }: Pool): string =>
  attributes
    .map(({ name }) => name)
    .filter((name) => name.includes(':'))
    .join(', ') || 'no attribute of its own';

interface Existing {
  email: string;
  env: string;
  pool: Pool;
  wanted: WantedRole;
}

function exists(users: readonly PoolUser[], { email, env, pool, wanted }: Existing): UserError {
  const states = users.map((user) => {
    const as = user.email === user.username || users.length === 1 ? '' : ` as ${user.username}`;
    return `${user.status}${as}, ${user.enabled ? 'enabled' : 'disabled'}`;
  });
  const [only, ...more] = users;
  const foreign = users.some(({ status }) => status === 'EXTERNAL_PROVIDER');
  return new UserError('conflict', `${email} exists already: ${states.join('; ')}.`, {
    hint: [
      nothingChanged,
      ...(foreign ? [' Who signs in with an identity provider needs no password here.'] : []),
      ...(only && more.length === 0 ? missing(only, pool, wanted) : []),
    ],
    actions: [invoke('Show it', 'cognito show', { user: email, env })],
  });
}

/** What somebody who exists lacks of the role, with what adds each. */
function missing(user: PoolUser, pool: Pool, { role, group, attribute }: WantedRole): Span[] {
  const by = (call: string, rest: string) =>
    code(`aws cognito-idp ${call} --user-pool-id ${pool.id} --username ${shellWord(user.username)} ${rest}`);
  const spans: Span[] = [];
  if (group !== undefined && user.groups?.includes(group) === false)
    spans.push(
      ` It is not in ${group}; this adds it: `,
      by('admin-add-user-to-group', `--group-name ${group}`),
    );
  if (role !== undefined && attribute !== undefined && user.role !== role)
    spans.push(
      ` ${attribute} is ${user.role || 'not set'}; this sets it: `,
      by('admin-update-user-attributes', `--user-attributes Name=${attribute},Value=${role}`),
    );
  return spans;
}
