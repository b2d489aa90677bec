import type { Arguments } from '../core/command/arguments.ts';
import type { ChangeCommand, ReadCommand } from '../core/command/command.ts';
import type { Platform } from '../platform/platform.ts';

type Declared<C extends { kind: string }> = Omit<C, 'kind'>;

/** A command that only looks. Its reply may be shared unless `shareable: false`. */
export function defineRead<A extends Arguments>(
  declaration: Omit<Declared<ReadCommand<Platform, A>>, 'shareable'> & { shareable?: boolean },
): ReadCommand<Platform, A> {
  return { shareable: true, ...declaration, kind: 'read' };
}

/** A command that changes something: it does not compile without a plan, a role and a confirmation. */
export function defineChange<A extends Arguments, D>(
  declaration: Declared<ChangeCommand<Platform, A, D>>,
): ChangeCommand<Platform, A, D> {
  return { ...declaration, kind: 'change' };
}
