import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../errors.ts';
import { type Input, mapsOf, textOf, textsOf } from '../service.ts';
import { checkAttributes } from './attributes.ts';
import type { Pool } from './client.ts';
import { checkPasswordPolicy, generatePassword } from './passwords.ts';

export interface User {
  sub: string;
  /** People sign in by email, so theirs is the sub; who signs in with an identity provider has one of its name. */
  username: string;
  attributes: ReadonlyMap<string, string>;
  status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED' | 'EXTERNAL_PROVIDER';
  enabled: boolean;
  createdAt: Date;
  changedAt: Date;
  groups: Set<string>;
  password?: { text: string; since: Date };
}

export interface Mail {
  to: string;
  kind: 'invitation' | 'resent invitation';
  text: string;
  at: Date;
}

/** The pool's users, and the mails that were sent to them. */
export function createUsers(clock: Clock, pool: Pool) {
  const users = new Set<User>();
  const spelled = (name: string) => (pool.caseSensitive ? name : name.toLowerCase());
  const outbox: Mail[] = [];
  let canMail = true;

  function add(email: string, from: Partial<User> & { daysAgo?: number } = {}): User {
    const { daysAgo = 0, ...given } = from;
    const at = new Date(clock.now().getTime() - daysAgo * 86_400_000);
    const sub = randomUUID();
    const attributes = new Map([
      ['sub', sub],
      ['email', email],
      ['email_verified', 'true'],
    ]);
    const user: User = {
      sub,
      username: sub,
      attributes,
      status: 'CONFIRMED',
      enabled: true,
      createdAt: at,
      changedAt: at,
      groups: new Set(),
      ...given,
    };
    users.add(user);
    return user;
  }

  for (const { email, groups, attributes = {}, ...more } of pool.users) {
    const user = add(email, { groups: new Set(groups), ...more });
    user.attributes = new Map([...user.attributes, ...Object.entries(attributes)]);
  }

  /** By username, or by the email that they sign in by. Throws UserNotFoundException. */
  function find(name: string): User {
    const found = lookUp(name);
    if (found) return found;
    throw new AwsError('UserNotFoundException', 'User does not exist.');
  }

  /** An email leads to nobody who signs in with an identity provider. */
  const signInNames = ({ username, sub, status, attributes }: User): string[] =>
    status === 'EXTERNAL_PROVIDER' ? [username] : [username, sub, attributes.get('email') ?? ''];

  const lookUp = (name: string): User | undefined =>
    [...users].find((user) => signInNames(user).some((own) => spelled(own) === spelled(name)));

  /** AdminCreateUser, and its RESEND. A mail that can't be sent fails it with the user made. */
  function create(input: Input): User {
    const username = textOf(input, 'Username');
    const resend = textOf(input, 'MessageAction') === 'RESEND';
    // By SMS unless email is asked for, and nothing is sent to who has no phone number. The account sends no SMS.
    const mails =
      textOf(input, 'MessageAction') !== 'SUPPRESS' &&
      textsOf(input, 'DesiredDeliveryMediums').includes('EMAIL');
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(username) && !lookUp(username))
      throw new AwsError('InvalidParameterException', 'Username should be an email.');
    const existing = resend ? find(username) : lookUp(username);
    if (existing && !resend) throw new AwsError('UsernameExistsException', 'User account already exists');
    if (existing?.status === 'CONFIRMED')
      throw new AwsError(
        'UnsupportedUserStateException',
        'Resend not possible. User status is not FORCE_CHANGE_PASSWORD',
      );
    const temporary = textOf(input, 'TemporaryPassword');
    if (temporary) checkPasswordPolicy(temporary, pool.minimumLength);
    const given = mapsOf(input, 'UserAttributes').map(
      (one) => [textOf(one, 'Name'), textOf(one, 'Value')] as const,
    );
    checkAttributes(pool, given);
    const user = existing ?? add(username, { status: 'FORCE_CHANGE_PASSWORD' });
    const password = temporary || generatePassword(pool.minimumLength);
    setPassword(user, password, { permanent: false });
    // An email is as verified as the caller says.
    const unverified = existing ? [] : ([['email_verified', 'false']] as const);
    user.attributes = new Map([...user.attributes, ...unverified, ...given]);
    if (mails) {
      const text = `Your username is ${username} and temporary password is ${password}`;
      mail({ to: username, kind: resend ? 'resent invitation' : 'invitation', text });
    }
    return user;
  }

  /** Throws InvalidPasswordException. */
  function setPassword(user: User, text: string, { permanent }: { permanent: boolean }): void {
    checkPasswordPolicy(text, pool.minimumLength);
    user.password = { text, since: clock.now() };
    user.status = permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
    user.changedAt = clock.now();
  }

  function mail(one: Omit<Mail, 'at'>): void {
    if (!canMail)
      throw new AwsError(
        'CodeDeliveryFailureException',
        'Email address is not verified. The following identities failed the check in region AP-SOUTHEAST-1',
        400,
        { applied: true },
      );
    outbox.push({ ...one, at: clock.now() });
  }

  return {
    all: (): readonly User[] => [...users],
    lookUp,
    find,
    create,
    setPassword,
    remove(username: string): void {
      users.delete(find(username));
    },
    outbox: (): readonly Mail[] => outbox,
    refuseMail(): void {
      canMail = false;
    },
  };
}

/** ListUsers' filter: one attribute, equal to or beginning with a quoted value. */
export function filterOf(text: string): (user: User) => boolean {
  if (text === '') return () => true;
  const match = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text);
  const [, name = '', operator, raw = ''] = match ?? [];
  if (!match) throw new AwsError('InvalidParameterException', 'Error while parsing filter.');
  const wanted = raw.replace(/\\(.)/g, '$1');
  const own = (user: User): string | undefined =>
    ({
      username: user.username,
      'cognito:user_status': user.status as string,
      status: user.enabled ? 'Enabled' : 'Disabled',
    })[name];
  return (user) => {
    const value = own(user) ?? user.attributes.get(name) ?? '';
    return operator === '=' ? value === wanted : value.startsWith(wanted);
  };
}
