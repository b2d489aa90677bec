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
}

export interface PoolUser {
  username: string;
  email: string;
  /** CONFIRMED, FORCE_CHANGE_PASSWORD … */
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

/** Cognito (guide 7). */
export interface Users {
  findPool(call: Call): Promise<Pool>;
  listUsers(
    prefix: string | undefined,
    limit: number,
    call: Call,
  ): Promise<{ users: PoolUser[]; more: boolean }>;
  /** The groups of a user of a list. */
  findGroups(username: string, call: Call): Promise<string[]>;
  /** `undefined` where there is none. */
  findUser(email: string, call: Call): Promise<PoolUser | undefined>;
  /** With verified email, and its role where roles are kept in an attribute; Cognito mails the invitation unless `mail` is false. */
  createUser(
    email: string,
    options: { mail: boolean; role?: string | undefined },
    call: ChangeCall,
  ): Promise<void>;
  addToGroup(email: string, group: string, call: ChangeCall): Promise<void>;
  /** Generates a permanent password by the pool's policy, keeps it in Secrets Manager first, sets it; answers the secret's name, never its value. */
  keepPassword(email: string, call: ChangeCall): Promise<{ secret: string }>;
}
