import { isDeepStrictEqual } from 'node:util';
import { level, target } from '../core/command/kinds.ts';
import { type Finding, type Path, unknownKey } from './faults.ts';
import { missingPrices } from './prices.ts';
import { layout, type Outline } from './schema.ts';

type Rule = (outline: Outline, region: string | undefined) => Finding[];

/** What no single field can know: every rule returns all that it finds. */
const rules: readonly Rule[] = [
  function regionIsSaid(_, region) {
    return region === undefined
      ? [finding(['region'], 'missing, expected an AWS region such as ap-southeast-1, here or in AWS_REGION')]
      : [];
  },

  function somethingIsListed({ environments, services }) {
    return [
      ...(isEmpty(environments)
        ? [finding(['environments'], 'empty, expected at least one, such as dev')]
        : []),
      ...(isEmpty(services)
        ? [finding(['services'], 'empty, expected at least one, such as backend-api')]
        : []),
    ];
  },

  function oneEnvironmentIsTheDefault({ environments = {} }) {
    const all = Object.values(environments);
    return all.length > 0 && all.every((environment) => (environment.protected ?? true) === true)
      ? [
          finding(
            ['environments'],
            'all protected, expected one with `protected: false`: a protected one is never the default',
          ),
        ]
      : [];
  },

  function wordsMeanOneThing({ environments = {}, services = {} }) {
    return Object.keys(environments).flatMap((name) => {
      const taken = Object.hasOwn(services, name)
        ? 'a service'
        : [target, level].find(({ kind }) => kind.read(name, words) !== undefined)?.kind.name;
      return taken
        ? [finding(['environments', name], `already a word of commands (${taken}), expected another name`)]
        : [];
    });
  },

  function logsAreOfKnownEnvironments({ environments = {}, services = {} }) {
    const known = Object.keys(environments);
    return Object.entries(services).flatMap(([name, { logs = {} }]) =>
      Object.keys(logs)
        .filter((env) => !known.includes(env))
        .map((env) => finding(['services', name, 'logs', env], unknownKey(env, known))),
    );
  },

  function instancesAreLaidOutAlike({ environments = {} }) {
    const [first, ...others] = Object.entries(environments).map(([name, { pm2 }]) => ({
      name,
      pm2: { ...layout, ...pm2 },
    }));
    return others
      .filter(({ pm2 }) => !isDeepStrictEqual(pm2, first?.pm2))
      .map(({ name }) =>
        finding(
          ['environments', name, 'pm2'],
          `other than in ${first?.name}, expected the same in all environments`,
        ),
      );
  },

  function pricesAreWhole({ prices = {} }, region) {
    const missing = region ? missingPrices(region, Object.keys(prices)) : [];
    return missing.length > 0
      ? [
          finding(
            ['prices'],
            `none are built in for ${region}, expected ${missing.join(', ')} in USD per hour`,
          ),
        ]
      : [];
  },
];

const words = { environments: [], defaultEnvironment: '', services: [] };

const isEmpty = (map: object | undefined) => map !== undefined && Object.keys(map).length === 0;

const finding = (path: Path, message: string): Finding => ({ path, message });

export const brokenRules = (outline: Outline, region: string | undefined): Finding[] =>
  rules.flatMap((rule) => rule(outline, region));

/** Marks what the example `d2.yaml` leaves to be filled in. */
export const placeholder = 'REPLACE';

export function leftToFillIn(value: unknown, path: Path = []): Finding[] {
  if (typeof value === 'string') {
    return value.includes(placeholder)
      ? [finding(path, `still the example’s ${value}, expected your own (or delete it where it is optional)`)]
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, inner]) => leftToFillIn(inner, [...path, key]));
}
