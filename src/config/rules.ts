import { contradictions } from './contradictions.ts';
import { type Finding, finding, type Path, unknownKey } from './findings.ts';
import type { Outline } from './outline.ts';
import { missingPrices } from './prices.ts';

/** What a word means to commands already, such as `a level`; `undefined` where it is free. */
export type MeaningOf = (word: string) => string | undefined;

export interface Given {
  /** The file's region, or the process's. */
  region: string | undefined;
  meaningOf: MeaningOf;
}

type Rule = (outline: Outline, given: Given) => Finding[];

/** What no single field can know: every rule returns all that it finds. */
const rules: readonly Rule[] = [
  function regionIsSaid(_, { region }) {
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

  function wordsMeanOneThing({ environments = {}, services = {} }, { meaningOf }) {
    return Object.keys(environments).flatMap((name) => {
      const taken = Object.hasOwn(services, name) ? 'a service' : meaningOf(name);
      return taken
        ? [finding(['environments', name], `already a word of commands (${taken}), expected another name`)]
        : [];
    });
  },

  function logsAreOfKnownEnvironments({ environments = {}, services = {} }) {
    const known = Object.keys(environments);
    return Object.entries(services).flatMap(([name, { logs = {} }]) =>
      Object.keys(typeof logs === 'string' ? {} : logs)
        .filter((env) => !known.includes(env))
        .map((env) => finding(['services', name, 'logs', env], unknownKey(env, known))),
    );
  },

  function overridesAreOfKnownServices({ environments = {}, services = {} }) {
    const known = Object.keys(services);
    return Object.entries(environments).flatMap(([env, { services: own = {} }]) =>
      Object.keys(own)
        .filter((name) => !known.includes(name))
        .map((name) => finding(['environments', env, 'services', name], unknownKey(name, known))),
    );
  },

  function pricesAreWhole({ environments = {}, prices = {} }, { region }) {
    const missing = region ? missingPrices(region, Object.keys(prices)) : [];
    const elsewhere = Object.entries(environments).flatMap(([env, own]) => {
      if (own.region === undefined || own.region === region) return [];
      const lacks = missingPrices(own.region, Object.keys(own.prices ?? {}));
      return lacks.length > 0
        ? [finding(['environments', env, 'prices'], pricesWanted(own.region, lacks))]
        : [];
    });
    return [
      ...(region !== undefined && missing.length > 0
        ? [finding(['prices'], pricesWanted(region, missing))]
        : []),
      ...elsewhere,
    ];
  },

  ...contradictions,
];

const pricesWanted = (region: string, missing: readonly string[]) =>
  `none are built in for ${region}, expected ${missing.join(', ')} in USD per hour`;

const isEmpty = (map: object | undefined) => map !== undefined && Object.keys(map).length === 0;

export const brokenRules = (outline: Outline, given: Given): Finding[] =>
  rules.flatMap((rule) => rule(outline, given));

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
