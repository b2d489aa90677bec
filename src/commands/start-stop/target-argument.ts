import { argument } from '../../core/command/arguments.ts';
import { oneOf } from '../../core/command/kinds.ts';

const targets = ['all', 'backend', 'rds', 'bastion'] as const;
export type Target = (typeof targets)[number];

/** What of an environment is started or stopped (guide 6.2). */
export const target = argument(
  oneOf('what', targets, {
    rds: ['db', 'database', 'mysql'],
    backend: ['backend-api', 'api', 'ec2'],
    all: ['everything'],
  }),
);

/** What is started or stopped, in words: `dev`, `bastion in dev`. */
export const targetName = ({ env, what }: { env: string; what: string }): string =>
  what === 'all' ? env : `${what} in ${env}`;
