import type { Inverse } from '../../core/command/command.ts';

/** What takes a start or a stop back: `Start dev`, `Stop bastion in dev`. */
export function inverseOf(
  command: 'start' | 'stop',
  label: 'Start' | 'Stop',
  { env, what }: { env: string; what: string },
): Inverse {
  return {
    command,
    label: what === 'all' ? `${label} ${env}` : `${label} ${what} in ${env}`,
    args: { env, what },
  };
}
