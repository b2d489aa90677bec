import { atLeast, type Caller, type Role, type Roster } from './caller.ts';
import { UserError } from '../reply/errors.ts';
import { invoke } from '../reply/reply.ts';

interface Wanted {
  /** What was not done, said in the refusal: `stop`. */
  command: string;
  role: Role;
  env: string;
}

/** Throws `UserError` forbidden unless the caller has the role there; names the role, who has it, and the ids to configure. */
export async function authorize(
  roster: Roster,
  caller: Caller,
  { command, role, env }: Wanted,
  freshness: 'cached' | 'live',
): Promise<void> {
  const standing = await roster.standing(caller, env, freshness, role);
  if (atLeast(standing.role, role)) return;
  const { people, groups } = roster.holders(role, env);
  const who = [...people, ...groups].join(', ') || 'nobody yet';
  const place = caller.surface === 'slack' ? `roles.${role}.slack` : `roles.${role}.aws`;
  throw new UserError(
    'forbidden',
    `Not done: ${command} in ${env} needs ${role}; you are ${standing.role ?? 'not listed'} (${standing.because}).`,
    {
      hint: `Nothing was changed. ${role} or more: ${who}. To allow it, an admin adds ${caller.id} to environments.${env}.${place} in d2.yaml.`,
      actions: standing.role ? [invoke('Status', 'status', { env }), invoke('Who am I', 'whoami')] : [],
    },
  );
}
