import { argument } from '../../core/command/arguments.ts';
import { oneOf, servicesNamed } from '../../core/command/kinds.ts';

const targets = ['all', 'backend', 'rds', 'bastion'] as const;
export type Target = (typeof targets)[number];

const words = oneOf('what', targets, {
  rds: ['db', 'database', 'mysql'],
  backend: ['backend-api', 'api', 'ec2'],
  all: ['everything'],
});

/** What of an environment is started or stopped (guide 6.2). `backend` is what its services run on: where there are several, one service's name does not stand for all of them. */
export const target = argument({
  ...words,
  read(word, vocabulary) {
    const value = words.read(word, vocabulary);
    const isOne = value !== word && servicesNamed(word, vocabulary).length > 0;
    return isOne && vocabulary.services.length > 1 ? undefined : value;
  },
});

/** What is started or stopped, in words: `dev`, `bastion in dev`. */
export const targetName = ({ env, what }: { env: string; what: string }): string =>
  what === 'all' ? env : `${what} in ${env}`;
