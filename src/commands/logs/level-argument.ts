import { argument } from '../../core/command/arguments.ts';
import { oneOf } from '../../core/command/kinds.ts';

export const levelArgument = argument(
  oneOf('level', ['debug', 'info', 'warn', 'error'], {
    error: ['errors', 'err'],
    warn: ['warning', 'warnings'],
  }),
);
