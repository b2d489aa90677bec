import type { Context } from '../../../sandbox/aws/iam/context.ts';

/** One question to the policies, and the answer that they must give. */
export interface Question {
  who: Who;
  answer: 'allowed' | 'denied';
  action: string;
  /** All that AWS asks about for this call: each must be allowed. */
  on: readonly string[];
  context: Context;
  why: string;
}

/** A role by its name; the same, were it an administrator besides, or without its fence; or somebody from without. */
export type Who =
  | { role: string; evenAsAdministrator?: true; unfenced?: true }
  | { service: string }
  | { federated: string }
  | { administrator: true };

export const account = '000011112222';
export const region = 'ap-southeast-1';
export const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
export const states = 'arn:aws:s3:::d2-ride-booking-terraform-000011112222';
export const artifacts = 'arn:aws:s3:::d2-ride-booking-artifacts-000011112222';
export const trail = arn('logs', 'log-group:/d2/chatops/audit');
export const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
export const none = ['*'];

type Tags = Readonly<Record<string, string>>;
export const dev: Tags = { Project: 'd2-ride-booking', Environment: 'dev', Service: 'backend-api' };
export const prod: Tags = { ...dev, Environment: 'prod' };
export const elsewhere: Tags = { ...dev, Project: 'payroll' };
export const own: Tags = { ...dev, Service: 'chatops' };

const named = (prefix: string, tags: Tags): Context =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

/** The tags that a resource has, under each name by which services tell them. */
export const tagged = (tags: Tags): Context => ({
  ...named('aws:ResourceTag', tags),
  ...named('ec2:ResourceTag', tags),
  ...named('ecs:ResourceTag', tags),
  ...named('rds:db-tag', tags),
  ...named('ssm:resourceTag', tags),
});
/** The tags that a request brings along. */
export const bringing = (tags: Tags): Context => named('aws:RequestTag', tags);

const many = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** What somebody may and may not do, as lines of a table. */
export function questionsOf(who: Who) {
  const line =
    (answer: Question['answer'], asker: Who) =>
    (
      why: string,
      actions: string | readonly string[],
      on: string | readonly string[],
      context: Context = {},
    ): Question[] =>
      many(actions).map((action) => ({ who: asker, answer, action, on: many(on), context, why }));
  const may = line('allowed', who);
  const mayNot = line('denied', who);
  return {
    may,
    mayNot,
    /** Nor if any other policy were to allow everything: somebody's deny stands before it. */
    mayNever: line('denied', 'role' in who ? { ...who, evenAsAdministrator: true } : who),
    /** Nor without the fence that stands before it: its own statements say so too. */
    mayNotUnfenced: line('denied', 'role' in who ? { ...who, unfenced: true } : who),
    /** The deny is no wider than it says: were it allowed, this would be possible. */
    couldBeGiven: line('allowed', 'role' in who ? { ...who, evenAsAdministrator: true } : who),
    /** Only on what has dev's tags: each tag counts. */
    onlyOnDevs: (
      why: string,
      actions: string | readonly string[],
      on: string,
      context: Context = {},
    ): Question[] => [
      ...may(why, actions, on, { ...tagged(dev), ...context }),
      ...mayNot(`${why}: not prod's`, actions, on, { ...tagged(prod), ...context }),
      ...mayNot(`${why}: not another project's`, actions, on, { ...tagged(elsewhere), ...context }),
      ...mayNot(`${why}: not what has no tags`, actions, on, context),
    ],
    /** Only what is made with dev's tags. */
    onlyForDev: (
      why: string,
      actions: string | readonly string[],
      on: string,
      context: Context = {},
    ): Question[] => [
      ...may(why, actions, on, { ...bringing(dev), ...context }),
      ...mayNot(`${why}: not for prod`, actions, on, { ...bringing(prod), ...context }),
      ...mayNot(`${why}: not for another project`, actions, on, { ...bringing(elsewhere), ...context }),
      ...mayNot(`${why}: not without tags`, actions, on, context),
    ],
    /** Only in this region. */
    onlyHere: (
      why: string,
      actions: string | readonly string[],
      on: string | readonly string[] = none,
    ): Question[] => [
      ...may(why, actions, on),
      ...mayNot(`${why}: not in another region`, actions, on, { 'aws:RequestedRegion': 'us-east-1' }),
    ],
  };
}
