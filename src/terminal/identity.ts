import type { Caller, RoleDirectory } from '../core/access/caller.ts';
import { createRoleDirectory, type Grants } from '../core/access/role-directory.ts';
import { callerOf } from './caller.ts';

/** Who asks, or why that could not be told. */
export interface FoundCaller {
  caller: Caller;
  absent?: unknown;
}

const nobody: Caller = { id: 'nobody', name: 'you', surface: 'terminal' };

export const anonymous: FoundCaller = { caller: { ...nobody, anonymous: true } };

/** Asks AWS whose credentials these are; never rejects. */
export async function findCaller(
  findIdentity: (call: { signal: AbortSignal }) => Promise<{ arn: string }>,
  patienceMs: number,
): Promise<FoundCaller> {
  try {
    const { arn } = await findIdentity({ signal: AbortSignal.timeout(patienceMs) });
    return { caller: callerOf(arn) };
  } catch (error) {
    return { caller: nobody, absent: error };
  }
}

/** The roles that `d2.yaml` gives to ARNs; where the caller could not be told, every role is refused for that reason. */
export function createTerminalRoles(grants: Grants, { absent }: FoundCaller): RoleDirectory {
  const listed = createRoleDirectory(grants, {
    members: async () => [],
    assertMember: async () => undefined,
  });
  return {
    ...listed,
    async resolveRole(...asked) {
      if (absent !== undefined) throw absent;
      return listed.resolveRole(...asked);
    },
  };
}
