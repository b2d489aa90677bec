import type { Argument, Value, Vocabulary } from './arguments.ts';
import type { Command } from './command.ts';

type Declared = Argument<Value | undefined>;

/** Enough of a command for its help, whatever world it runs in. */
type Described = Pick<Command<never>, 'name' | 'args' | 'aliases' | 'examples'>;

/** `logs [service] [env] [--lines number]`: brackets may be left out. */
export function usage(command: Described, vocabulary: Vocabulary): string {
  const shownOf = Object.entries(command.args).filter(([, { options }]) => !options.seldom);
  const words = shownOf.map(([name, declared]) => {
    const shown = declared.options.flag
      ? flagText(name, declared, vocabulary)
      : choicesOr(name, declared, vocabulary);
    if (mayBeLeftOut(declared, vocabulary)) return `[${shown}]`;
    return declared.options.flag ? shown : `<${shown}>`;
  });
  return [command.name, ...words].join(' ');
}

export interface ArgumentHelp {
  /** `--since` for a flag, `env` for a position. */
  name: string;
  /** `one of dev, prod; dev unless said` */
  says: string;
}

export function argumentsOf(command: Described, vocabulary: Vocabulary): ArgumentHelp[] {
  return Object.entries(command.args).map(([name, declared]) => {
    const { kind, options } = declared;
    const choices = kind.choices?.(vocabulary);
    const fallback = options.fallback ?? (options.optional ? undefined : kind.only?.(vocabulary));
    const expected = choices ? `one of ${choices.join(', ')}` : kind.expected;
    return {
      name: options.flag ? `--${name}` : name,
      says: fallback === undefined || kind.name === 'yes' ? expected : `${expected}; ${fallback} unless said`,
    };
  });
}

/** The other words that call it: `st`, `errors`. */
export const aliasesOf = ({ aliases = [] }: Described): string[] =>
  aliases.map((alias) => (typeof alias === 'string' ? alias : alias.words));

/** Whether it runs when nothing but its name is typed. */
export const needsNothing = (command: Described, vocabulary: Vocabulary): boolean =>
  Object.values(command.args).every((declared) => mayBeLeftOut(declared, vocabulary));

function mayBeLeftOut({ options, kind }: Declared, vocabulary: Vocabulary): boolean {
  return options.optional || kind.only?.(vocabulary) !== undefined;
}

function flagText(name: string, declared: Declared, vocabulary: Vocabulary): string {
  return declared.kind.name === 'yes'
    ? `--${name}`
    : `--${name} ${choicesOr(declared.kind.name, declared, vocabulary)}`;
}

/** Short closed sets are spelt out; configured ones (env, service) go by their name. */
function choicesOr(name: string, { kind }: Declared, vocabulary: Vocabulary): string {
  const choices = kind.only ? undefined : kind.choices?.(vocabulary);
  return choices && choices.length <= 4 ? choices.join('|') : name;
}
