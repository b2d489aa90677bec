import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../errors.ts';
import { type Input, mapsOf, textOf, textsOf } from '../service.ts';
import { checkAttributes } from './attributes.ts';
import type { Pool } from './client.ts';
import { checkPasswordPolicy, generatePassword } from './passwords.ts';

export interface User {
  /** Cognito's own: people sign in by email, so their username is the sub. */
  sub: string;
  attributes: ReadonlyMap<string, string>;
  status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED';
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

/** The pool's users by their email, and the mails that were sent to them. */
export function createUsers(clock: Clock, pool: Pool) {
  const users = new Map<string, User>();
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
      attributes,
      status: 'CONFIRMED',
      enabled: true,
      createdAt: at,
      changedAt: at,
      groups: new Set(),
      ...given,
    };
    users.set(email.toLowerCase(), user);
    return user;
  }

  for (const { email, groups, attributes = {}, ...more } of pool.users) {
    const user = add(email, { groups: new Set(groups), ...more });
    user.attributes = new Map([...user.attributes, ...Object.entries(attributes)]);
  }

  /** By email or by sub. Throws UserNotFoundException. */
  function find(username: string): User {
    const found = lookUp(username);
    if (found) return found;
    throw new AwsError('UserNotFoundException', 'User does not exist.');
  }

  const lookUp = (username: string): User | undefined =>
    users.get(username.toLowerCase()) ?? [...users.values()].find(({ sub }) => sub === username);

  /** AdminCreateUser, and its RESEND. A mail that can't be sent fails it with the user made. */
  function create(input: Input): User {
    const username = textOf(input, 'Username');
    const resend = textOf(input, 'MessageAction') === 'RESEND';
    const mails = textOf(input, 'MessageAction') !== 'SUPPRESS';
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
    // By SMS unless email is asked for.
    if (
      mails &&
      !textsOf(input, 'DesiredDeliveryMediums').includes('EMAIL') &&
      !new Map(given).get('phone_number')
    )
      throw new AwsError('InvalidParameterException', 'User has no phone number to send the invitation to.');
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
    all: (): readonly User[] => [...users.values()],
    find,
    create,
    setPassword,
    remove(username: string): void {
      users.delete(find(username).attributes.get('email')?.toLowerCase() ?? '');
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
      username: user.sub,
      'cognito:user_status': user.status as string,
      status: user.enabled ? 'Enabled' : 'Disabled',
    })[name];
  return (user) => {
    const value = own(user) ?? user.attributes.get(name) ?? '';
    return operator === '=' ? value === wanted : value.startsWith(wanted);
  };
}
