import type { Arguments } from '../core/command/arguments.ts';
import type { ChangeCommand, ReadCommand } from '../core/command/command.ts';
import type { Platform } from '../platform/platform.ts';

type Declared<C extends { kind: string }> = Omit<C, 'kind'>;

/** A command that only looks. Its reply may be shared unless `shareable: false`. */
export function defineRead<A extends Arguments, O>(
  declaration: Omit<Declared<ReadCommand<Platform, A, O>>, 'shareable'> & { shareable?: boolean },
): ReadCommand<Platform, A, O> {
  return { shareable: true, ...declaration, kind: 'read' };
}

/** A command that changes something: it does not compile without a plan, a role, a confirmation and the schema of its data. */
export function defineChange<A extends Arguments, D, O>(
  declaration: Declared<ChangeCommand<Platform, A, D, O>>,
): ChangeCommand<Platform, A, D, O> {
  return { ...declaration, kind: 'change' };
}
