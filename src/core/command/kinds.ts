import { argument, type ValueKind, type Vocabulary } from './arguments.ts';

/** A closed set of words, with the other words people type for them: `{ rds: ['db', 'database'] }`. */
export function oneOf<const W extends string>(
  name: string,
  words: readonly W[],
  aliases: Partial<Record<W, readonly string[]>> = {},
): ValueKind<W> {
  const known = new Map<string, W>();
  for (const word of words) {
    known.set(word, word);
    for (const alias of aliases[word] ?? []) known.set(alias, word);
  }
  return {
    name,
    closed: true,
    expected: `one of ${words.join(', ')}`,
    read: (word) => known.get(word),
    choices: () => words,
  };
}

export const environment = argument<string>({
  name: 'env',
  closed: true,
  expected: 'an environment',
  read: (word, { environments }) => environments.find((name) => name === word),
  choices: ({ environments }) => environments,
  only: ({ defaultEnvironment }) => defaultEnvironment,
});

/** The services that a word may stand for: `backend` for `backend-api`, and for `backend-jobs` too where that is one. */
export function servicesNamed(word: string, { services }: Pick<Vocabulary, 'services'>): string[] {
  if (services.includes(word)) return [word];
  return services.filter((name) => name.split('-')[0] === word || name.replaceAll('-', '') === word);
}

export const service = argument<string>({
  name: 'service',
  closed: true,
  expected: 'a service',
  read(word, vocabulary) {
    const [first, ...others] = servicesNamed(word, vocabulary);
    return others.length === 0 ? first : undefined;
  },
  meanings: servicesNamed,
  choices: ({ services }) => services,
  only: ({ services }) => (services.length === 1 ? services[0] : undefined),
});

const unitMs = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** `30m`, `2h`, `1d` in milliseconds, up to 30 days; `undefined` for anything else. */
export function readDuration(word: string): number | undefined {
  const match = /^(\d{1,4})(s|m|h|d|w)$/.exec(word);
  const unit = unitMs.get(match?.[2] ?? '');
  const ms = Number(match?.[1]) * (unit ?? Number.NaN);
  return ms > 0 && ms <= 30 * 86_400_000 ? ms : undefined;
}

/** A whole number from 1 to `most`. */
export const count = (most: number) =>
  argument<number>({
    name: 'number',
    closed: false,
    expected: `a whole number from 1 to ${most}`,
    read(word) {
      const value = /^\d{1,6}$/.test(word) ? Number(word) : 0;
      return value >= 1 && value <= most ? value : undefined;
    },
  });

/** Free words, as typed. */
export const words = (name: string, most = 200) =>
  argument<string>({
    name,
    closed: false,
    expected: `up to ${most} characters`,
    read: (word) => (word.length > 0 && [...word].length <= most ? word : undefined),
  });

/** A flag that is there or not. */
export const yes = argument<boolean>({
  name: 'yes',
  closed: false,
  expected: 'no value',
  read: (word) => (word === 'true' ? true : word === 'false' ? false : undefined),
}).flag();
