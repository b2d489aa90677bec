import { atLeast, type Caller, type Role } from '../../core/access/caller.ts';
import type { Book, Command } from '../../core/command/command.ts';
import type { Ports } from '../../platform/platform.ts';
import { sourceOf } from './inventory.ts';

export interface Permitted {
  commands: readonly Command<Ports>[];
  /** The caller's highest role anywhere: enough to be shown what it opens. */
  role: Role | undefined;
}

/** What the caller may run in at least one environment. Where a role can't be told, only looking is shown. */
export async function permittedTo(
  caller: Caller,
  { commands, vocabulary }: Book<Ports>,
  { roster }: Pick<Ports, 'roster'>,
): Promise<Permitted> {
  const standings = await Promise.all(
    vocabulary.environments.map((env) => sourceOf(roster.standing(caller, env, 'cached'))),
  );
  const role = standings
    .flatMap((standing) => (standing.ok && standing.value.role ? [standing.value.role] : []))
    .reduce<Role | undefined>((best, next) => (atLeast(best, next) ? best : next), undefined);
  return { commands: commands.filter((command) => atLeast(role ?? 'viewer', command.role)), role };
}
