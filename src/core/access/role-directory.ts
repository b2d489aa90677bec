import { type Caller, type Role, type RoleDirectory, roles } from './caller.ts';

/** Who is listed for one role in one environment. */
export interface Grant {
  people: readonly string[];
  groups: readonly string[];
  /** ARNs with `*` for any run of characters but `/`… of the terminal's callers. */
  arns: readonly string[];
}

export type Grants = Readonly<Record<string, Readonly<Record<Role, Grant>>>>;

/** Who is in a user group. Throws `UserError` when it can't be told: that is a refusal. */
export interface MembershipLookup {
  /** Throws `UserError` unless this id is a full member of the workspace. */
  assertMember(person: string, freshness: 'cached' | 'live'): Promise<void>;
  members(group: string, freshness: 'cached' | 'live'): Promise<readonly string[]>;
}

/** Roles by id, closed by default: who isn't listed has none. */
export function createRoleDirectory(grants: Grants, membership: MembershipLookup): RoleDirectory {
  const grantOf = (env: string, role: Role): Grant =>
    (Object.hasOwn(grants, env) ? grants[env]?.[role] : undefined) ?? { people: [], groups: [], arns: [] };

  async function reason(
    caller: Caller,
    grant: Grant,
    freshness: 'cached' | 'live',
  ): Promise<string | undefined> {
    if (caller.surface === 'terminal') {
      const pattern = grant.arns.find((arn) => matches(arn, caller.id));
      return pattern && `${pattern} is listed`;
    }
    if (grant.people.includes(caller.id)) return `${caller.id} is listed`;
    for (const group of grant.groups) {
      if ((await membership.members(group, freshness)).includes(caller.id)) return `group ${group}`;
    }
    return undefined;
  }

  return {
    async resolveRole(caller, env, freshness, enough) {
      if (caller.surface === 'slack') await membership.assertMember(caller.id, freshness);
      for (const role of lookUpOrder(enough)) {
        const because = await reason(caller, grantOf(env, role), freshness);
        if (because) return { role, because };
      }
      return { role: undefined, because: `${caller.id} is in no list for ${env}` };
    },
    holders(role, env, surface) {
      const enough = roles.slice(roles.indexOf(role)).map((name) => grantOf(env, name));
      const ids =
        surface === 'terminal'
          ? enough.flatMap(({ arns }) => arns)
          : [...enough.flatMap(({ people }) => people), ...enough.flatMap(({ groups }) => groups)];
      return [...new Set(ids)];
    },
  };
}

/** Highest first; but where a role is enough, that one first: Slack allows few look-ups of groups a minute. */
function lookUpOrder(enough: Role | undefined): readonly Role[] {
  const from = enough === undefined ? roles.length : roles.indexOf(enough);
  return [...roles.slice(from), ...roles.slice(0, from).reverse()];
}

/** `arn:aws:sts::1:assumed-role/ops/*`; each `*` stands for anything but a slash or a colon. Never slower than the product of both lengths, however many there are. */
function matches(pattern: string, arn: string): boolean {
  let p = 0;
  let a = 0;
  // Where to go on from when what follows the last star turns out not to fit.
  let star: { p: number; a: number } | undefined;
  while (a < arn.length) {
    if (pattern[p] === '*') {
      star = { p: ++p, a };
    } else if (p < pattern.length && pattern[p] === arn[a]) {
      p++;
      a++;
    } else {
      const swallowed = star && arn[star.a];
      if (!star || swallowed === '/' || swallowed === ':') return false;
      p = star.p;
      a = ++star.a;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
