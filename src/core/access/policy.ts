import type { LockName } from '../../stores/locks.ts';
import { environmentOf } from '../command/catalog.ts';
import type { ChangeCommand, Confirmation } from '../command/command.ts';
import type { BotContext } from '../context.ts';
import type { Invocation } from '../reply/actions.ts';
import type { Caller } from './caller.ts';

interface Change<P> {
  command: ChangeCommand<P>;
  args: Invocation['args'];
  caller: Caller;
}

/** Whose yes a change needs. A protected environment needs a second person's, unless the command has a rule of its own. */
export function confirmationOf<P>(
  { catalog, protectedEnvironments }: Pick<BotContext<P>, 'catalog' | 'protectedEnvironments'>,
  { command: { confirm }, args, caller }: Change<P>,
): Confirmation {
  const env = environmentOf(args, catalog);
  const isProtected = protectedEnvironments.includes(env);
  if (typeof confirm === 'function') return confirm({ args, env, caller, protected: isProtected });
  return isProtected ? 'second' : confirm;
}

/** What a change locks while it runs. One that needs no lock has one to itself all the same: its lease lies there. */
export function lockOf<P>(
  { lock }: Pick<ChangeCommand<P>, 'lock'>,
  { id, args, env }: { id: string; args: Invocation['args']; env: string },
): LockName {
  if (lock === undefined) return { env };
  return { env, resource: lock === 'none' ? `operation/${id}` : lock(args) };
}

/** A lock as people say it: `dev`, `user ana@example.com in dev`. */
export const lockLabel = ({ env, resource }: LockName): string =>
  resource === undefined ? env : `${resource.replaceAll('/', ' ')} in ${env}`;
