import type { Call, ChangeCall } from './call.ts';

export interface Pool {
  id: string;
  name: string;
  client: string | undefined;
  issuer: string;
  users: number | undefined;
  passwordPolicy: string;
  mailsFrom: string;
  groups: string[];
  /** `Ana@example.com` and `ana@example.com` are two people. */
  caseSensitive: boolean;
  /** What a new user's username is: their email, their phone number, or a UUID where the email is another name for it. */
  usernames: 'email' | 'phone_number' | 'uuid';
  attributes: readonly PoolAttribute[];
}

/** An attribute of a pool's schema. */
export interface PoolAttribute {
  name: string;
  required: boolean;
  /** In characters. */
  minLength?: number;
  maxLength?: number;
}

export interface PoolUser {
  /** `Google_1043…` for who signs in elsewhere; a UUID where people sign in by email. */
  username: string;
  /** The username where there is none. */
  email: string;
  /** CONFIRMED, FORCE_CHANGE_PASSWORD, EXTERNAL_PROVIDER … */
  status: string;
  enabled: boolean;
  createdAt: Date | undefined;
  /** Absent in lists: Cognito gives groups a user at a time. */
  groups?: string[];
  /** What the role's attribute says, where roles are kept in one. */
  role?: string;
}

/** The user's roles, wherever they are kept; the attribute first, since a service reads it first. */
export const rolesOf = ({ role, groups = [] }: PoolUser): string[] => [
  ...new Set([...(role === undefined || role === '' ? [] : [role]), ...groups]),
];

export interface NewUser {
  username: string;
  email: string;
  /** Cognito mails the invitation. */
  mail: boolean;
  /** Written where roles are kept in an attribute. */
  role?: string | undefined;
  /** What else the pool requires, by Cognito's names. */
  attributes: Readonly<Record<string, string>>;
}

/** Cognito (guide 7). */
export interface Users {
  findPool(call: Call): Promise<Pool>;
  /** Those whose email or username begins with the prefix. */
  listUsers(
    prefix: string | undefined,
    limit: number,
    call: Call,
  ): Promise<{ users: PoolUser[]; more: boolean }>;
  /** The groups of a user of a list. */
  findGroups(username: string, call: Call): Promise<string[]>;
  /** Whose username this is, or everybody with this email, by the pool's own rule for capitals; with their groups. */
  findUsers(name: string, call: Call): Promise<PoolUser[]>;
  /** With verified email. */
  createUser(user: NewUser, call: ChangeCall): Promise<void>;
  addToGroup(username: string, group: string, call: ChangeCall): Promise<void>;
  /** Generates a permanent password by the pool's policy, keeps it in Secrets Manager first, sets it; answers the secret's name, never its value. */
  keepPassword(user: Pick<NewUser, 'username' | 'email'>, call: ChangeCall): Promise<{ secret: string }>;
}
