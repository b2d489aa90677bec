import { type Action, type Invocation, invoke } from '../reply/actions.ts';
import { type MissingArguments, UserError } from '../reply/errors.ts';
import { code } from '../reply/text.ts';
import { type Argument, isWordOf, type Value } from './arguments.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { nearest } from './nearest.ts';
import type { Token } from './tokenizer.ts';

/** The words after a command, as its arguments. Throws `UserError` usage. */
export function bindArguments<P>(
  entry: CatalogEntry<P>,
  tokens: Token[],
  catalog: Catalog<P>,
): Invocation['args'] {
  const reading = new Binder(entry, catalog);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) continue;
    if (!token.quoted && /^--./.test(token.word)) i += reading.flag(token, tokens.slice(i + 1));
    else i += reading.bare(token, tokens.slice(i + 1));
  }
  return reading.finish();
}

/** The arguments of one invocation, as they are read. Keyed by declared names only. */
export class Binder<P> {
  readonly #entry: CatalogEntry<P>;
  readonly #catalog: Catalog<P>;
  readonly #values = new Map<string, Value>();
  /** Words that may stand for several: asked about at the end, when all else is known. */
  readonly #unclear = new Map<string, readonly string[]>();
  readonly #declared: Map<string, Argument<Value | undefined>>;

  constructor(entry: CatalogEntry<P>, catalog: Catalog<P>) {
    this.#entry = entry;
    this.#catalog = catalog;
    this.#declared = new Map(Object.entries(entry.command.args));
  }

  named(name: string, text: string): void {
    const declared = this.#declared.get(name);
    if (!declared) throw this.#unknownFlag(name);
    const { kind } = declared;
    const word = kind.closed ? text.toLowerCase() : text;
    const value = kind.read(word, this.#catalog.vocabulary);
    const meanings = value === undefined ? (kind.meanings?.(word, this.#catalog.vocabulary) ?? []) : [];
    if (meanings.length > 1) {
      this.#unclear.set(name, meanings);
      return;
    }
    if (value === undefined) throw this.#wrong(name, declared, text);
    if (this.#values.has(name) && this.#values.get(name) !== value) {
      throw this.#error(`${name} is said twice: ${this.#values.get(name)} and ${value}.`);
    }
    this.#values.set(name, value);
  }

  /** `--name value`, `--name=value`, `--name`; answers how many further words it took. */
  flag(token: Token, following: Token[]): number {
    const [, rawName = '', inline] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(token.raw) ?? [];
    const name = rawName.toLowerCase();
    const negated = this.#declared.get(name) ? undefined : this.#declared.get(`no-${name}`);
    const declared = this.#declared.get(name);
    if (!declared || negated) throw this.#unknownFlag(rawName);
    if (declared.kind.name === 'yes' && inline === undefined) {
      this.#values.set(name, true);
      return 0;
    }
    if (inline !== undefined) {
      this.named(name, inline);
      return 0;
    }
    const taken = declared.options.rest ? this.#freeText(following, name) : following.slice(0, 1);
    const text = taken.map((next) => next.raw).join(' ');
    if (taken.length === 0 || (!taken[0]?.quoted && /^--./.test(text))) {
      throw this.#error(`--${name} needs ${declared.kind.expected}.`);
    }
    this.named(name, text);
    return taken.length;
  }

  /** A bare word: a closed kind wherever it fits, else the next free position; answers how many further words it took. */
  bare(token: Token, following: Token[]): number {
    const open = [...this.#declared].filter(([name]) => !this.#values.has(name));
    if (!token.quoted) {
      const closed = open.find(([, { kind }]) => isWordOf(kind, token.word, this.#catalog.vocabulary));
      if (closed) {
        this.named(closed[0], token.raw);
        return 0;
      }
    }
    const free = open.find(([, declared]) => !declared.kind.closed && !declared.options.flag);
    if (!free) throw this.#extra(token);
    const [name, declared] = free;
    const taken = declared.options.rest ? this.#freeText([token, ...following], name) : [token];
    this.named(name, taken.map((word) => word.raw).join(' '));
    return taken.length - 1;
  }

  /** Free text: what is quoted ends at its quote; else up to the next flag, less a span or a date at its end. */
  #freeText(tokens: Token[], name: string): Token[] {
    if (tokens[0]?.quoted) return tokens.slice(0, 1);
    const end = tokens.findIndex((next) => !next.quoted && /^--./.test(next.word));
    const text = end < 0 ? tokens : tokens.slice(0, end);
    const open = [...this.#declared].filter(
      ([other, { options }]) => other !== name && !options.flag && !this.#values.has(other),
    );
    const isMeant = ({ word, quoted }: Token, distinct: boolean) =>
      !quoted &&
      open.some(
        ([, { kind }]) =>
          kind.closed &&
          (kind.distinct || !distinct) &&
          kind.read(word, this.#catalog.vocabulary) !== undefined,
      );
    // `POST 1d dev`: from the span on, where nothing but arguments follows it.
    const from = text.findIndex(
      (token, index) =>
        index > 0 && isMeant(token, true) && text.slice(index).every((later) => isMeant(later, false)),
    );
    return from < 0 ? text : text.slice(0, from);
  }

  finish(): Invocation['args'] {
    const result: [string, Value][] = [];
    const missing: string[] = [];
    for (const [name, declared] of this.#declared) {
      const unclear = this.#unclear.get(name);
      const isUnclear = unclear !== undefined;
      const said = this.#values.get(name);
      if (isUnclear && said !== undefined && !unclear.includes(String(said)))
        throw this.#error(`${name} is said twice: ${unclear.join(' or ')}, and ${said}.`);
      const value =
        said ??
        (isUnclear
          ? undefined
          : (this.#entry.preset[name] ?? declared.options.fallback ?? this.#only(declared)));
      if (value !== undefined) result.push([name, value]);
      else if (isUnclear || !declared.options.optional) missing.push(name);
    }
    if (missing.length > 0) throw this.#missing(missing, Object.fromEntries(result));
    return Object.fromEntries(result);
  }

  /** What nobody need say: where there is but one, it is meant. */
  #only({ kind, options }: Argument<Value | undefined>): Value | undefined {
    if (options.optional) return undefined;
    const choices = kind.choices?.(this.#catalog.vocabulary) ?? [];
    return kind.only?.(this.#catalog.vocabulary) ?? (choices.length === 1 ? choices[0] : undefined);
  }

  #error(sentence: string, actions: Action[] = [], missing?: MissingArguments): UserError {
    const { command } = this.#entry;
    const example = command.examples[0];
    return new UserError('usage', sentence, {
      ...(example !== undefined && { hint: ['For example: ', code(`${this.#catalog.prompt} ${example}`)] }),
      actions: [...actions, ...this.#catalog.button('explain', 'Help', { command: command.name })],
      ...(missing && { missing }),
    });
  }

  #unknownFlag(name: string): UserError {
    const flags = [...this.#declared.keys()];
    const near = nearest(name.toLowerCase(), flags);
    const known =
      flags.length > 0 ? `It knows ${flags.map((flag) => `--${flag}`).join(', ')}.` : 'It takes none.';
    return this.#error(
      `${this.#entry.command.name} has no --${name.slice(0, 40)}${near ? `; did you mean --${near}` : ''}. ${known}`,
    );
  }

  #wrong(name: string, declared: Argument<Value | undefined>, text: string): UserError {
    const shown =
      text.length > 60 ? `${text.slice(0, 60)}… (${text.length.toLocaleString('en')} characters)` : text;
    const choices = declared.kind.choices?.(this.#catalog.vocabulary);
    const expected = choices ? `one of ${choices.join(', ')}` : declared.kind.expected;
    return this.#error(`${name} can’t be "${shown}": it is ${expected}.`);
  }

  #extra(token: Token): UserError {
    const { vocabulary } = this.#catalog;
    const shown = token.raw.length > 60 ? `${token.raw.slice(0, 60)}…` : token.raw;
    const kinds = [...this.#declared].filter(([, declared]) => declared.kind.closed);
    for (const [name, declared] of kinds) {
      const value = declared.kind.read(token.word, vocabulary);
      const before = this.#values.get(name);
      if (value !== undefined && before !== undefined)
        return this.#error(`${name} is said twice: ${before} and ${value}.`);
    }
    const choices = kinds.flatMap(([, declared]) => declared.kind.choices?.(vocabulary) ?? []);
    const near = nearest(token.word, choices);
    const listed = kinds
      .flatMap(([name, declared]) =>
        declared.kind.choices ? [`${name}: ${declared.kind.choices(vocabulary).join(', ')}`] : [],
      )
      .join(' · ');
    return this.#error(
      `${this.#entry.command.name} doesn’t know what to do with "${shown}"${near ? `; did you mean ${near}` : ''}.${listed ? ` It knows ${listed}.` : ''}`,
    );
  }

  /** Says what is missing as words, as buttons where the first of it is one of few, and as data for a surface that asks. */
  #missing(names: readonly string[], given: Invocation['args']): UserError {
    const { command } = this.#entry;
    const missing = names.flatMap((name) => {
      const declared = this.#declared.get(name);
      if (!declared) return [];
      const choices = this.#unclear.get(name) ?? declared.kind.choices?.(this.#catalog.vocabulary);
      return [{ name, expected: declared.kind.expected, ...(choices && { choices }) }];
    });
    // What was said unclearly is asked first: its answer may be a button.
    missing.sort((one, other) => Number(this.#unclear.has(other.name)) - Number(this.#unclear.has(one.name)));
    const wanted = missing.map(({ name, expected, choices }) =>
      choices ? `${name}: ${choices.join(', ')}` : expected,
    );
    const [first] = missing;
    const unclear = first && this.#unclear.get(first.name);
    return this.#error(
      unclear
        ? `Which ${first.name}: ${unclear.slice(0, -1).join(', ')} or ${unclear.at(-1)}?`
        : `${command.name} needs ${wanted.join(' and ')}.`,
      (first?.choices ?? [])
        .slice(0, 5)
        .map((choice) =>
          invoke(`${command.name} ${choice}`, command.name, { ...given, [first?.name ?? '']: choice }),
        ),
      { command: command.name, given, missing },
    );
  }
}
