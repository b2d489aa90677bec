import type { Inverse } from '../../core/command/command.ts';
import { targetName } from './target-argument.ts';

/** What takes a start or a stop back: `Start dev`, `Stop bastion in dev`. */
export const inverseOf = (
  command: 'start' | 'stop',
  label: 'Start' | 'Stop',
  args: { env: string; what: string },
): Inverse => ({ command, label: `${label} ${targetName(args)}`, args });
