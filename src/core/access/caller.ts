export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who asks, as their surface vouches for it. */
export interface Caller {
  /** Slack's `U…`, or the STS ARN in the terminal. */
  id: string;
  name: string;
  surface: 'slack' | 'terminal';
  /** Not looked up at all: such a caller has no role, and is answered only where none is needed. */
  anonymous?: true;
}

/** Why somebody has a role: `you`, or the group that gives it. */
export interface ResolvedRole {
  role: Role | undefined;
  /** `U0OMAR is listed`, `group S0OPERATORS`; what a refusal and whoami show. */
  because: string;
}

/** Who may do what; looked up live for changes and clicks, cached for a minute for reads. */
export interface RoleDirectory {
  /** With `enough`, the first role found that is at least that, else the highest. Throws `UserError` unavailable when it could not be looked up: that is a refusal. */
  resolveRole(
    caller: Caller,
    env: string,
    freshness: 'cached' | 'live',
    enough?: Role,
  ): Promise<ResolvedRole>;
  /** Who has at least this role there, as configured: ids of people and groups in Slack, ARNs in the terminal. */
  holders(role: Role, env: string, surface: Caller['surface']): string[];
}

export const atLeast = (role: Role | undefined, needed: Role): boolean =>
  role !== undefined && roles.indexOf(role) >= roles.indexOf(needed);
