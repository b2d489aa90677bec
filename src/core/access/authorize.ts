import type { BotContext } from '../context.ts';
import { UserError } from '../reply/errors.ts';
import { atLeast, type Caller, type Role } from './caller.ts';

interface Wanted {
  /** What was not done, said in the refusal: `stop`. */
  command: string;
  role: Role;
  env: string;
}

/** Throws `UserError` forbidden unless the caller has the role there; names the role, who has it, and the ids to configure. */
export async function authorize<P>(
  { roleDirectory, catalog }: Pick<BotContext<P>, 'roleDirectory' | 'catalog'>,
  caller: Caller,
  { command, role, env }: Wanted,
  freshness: 'cached' | 'live',
): Promise<void> {
  const resolved = await roleDirectory.resolveRole(caller, env, freshness, role);
  if (atLeast(resolved.role, role)) return;
  const who = roleDirectory.holders(role, env, caller.surface).join(', ') || 'nobody yet';
  const place = caller.surface === 'slack' ? `roles.${role}.slack` : `roles.${role}.aws`;
  throw new UserError(
    'forbidden',
    `Not done: ${command} in ${env} needs ${role}; you are ${resolved.role ?? 'not listed'} (${resolved.because}).`,
    {
      hint: `Nothing was changed. ${role} or more: ${who}. To allow it, an admin adds ${caller.id} to environments.${env}.${place} in d2.yaml.`,
      actions: resolved.role
        ? [...catalog.button('overview', 'Status', { env }), ...catalog.button('identity', 'Who am I')]
        : [],
    },
  );
}
