import { atLeast, type Caller, type Role } from '../../core/access/caller.ts';
import type { Catalog } from '../../core/command/catalog.ts';
import type { Command } from '../../core/command/command.ts';
import type { Platform } from '../../platform/platform.ts';
import { sourceOf } from './inventory.ts';

export interface Permitted {
  commands: readonly Command<Platform>[];
  /** The caller's highest role anywhere: enough to be shown what it opens. */
  role: Role | undefined;
  /** Nobody looked up who asks. */
  anonymous: boolean;
}

/** What the caller may run in at least one environment; everything where nobody looked up who asks. Where a role can't be told, only looking is shown. */
export async function permittedTo(
  caller: Caller,
  { commands, vocabulary }: Catalog<Platform>,
  { roleDirectory }: Pick<Platform, 'roleDirectory'>,
): Promise<Permitted> {
  if (caller.anonymous) return { commands, role: undefined, anonymous: true };
  const roles = await Promise.all(
    vocabulary.environments.map((env) => sourceOf(roleDirectory.resolveRole(caller, env, 'cached'))),
  );
  const role = roles
    .flatMap((resolved) => (resolved.ok && resolved.value.role ? [resolved.value.role] : []))
    .reduce<Role | undefined>((best, next) => (atLeast(best, next) ? best : next), undefined);
  const permitted = commands.filter((command) => atLeast(role ?? 'viewer', command.role));
  return { commands: permitted, role, anonymous: false };
}
