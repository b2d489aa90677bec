/** The words that configuration adds to the language: environments and services of `d2.yaml`. */
export interface Vocabulary {
  environments: readonly string[];
  defaultEnvironment: string;
  services: readonly string[];
}

export type Value = string | number | boolean;

/** How one kind of word is read. A closed kind recognises its words wherever they stand. */
export interface ValueKind<T extends Value> {
  name: string;
  closed: boolean;
  /** Its words are no prose, as `30m` is none: behind free text without quotes they are what they say. */
  distinct?: boolean;
  /** What a message says it expected: `a duration such as 30m or 2h`. */
  expected: string;
  /** The word in lower case; `undefined` where it isn't one of this kind. Free kinds get the word as typed. */
  read(word: string, vocabulary: Vocabulary): T | undefined;
  choices?(vocabulary: Vocabulary): readonly string[];
  /** Of a closed set: all that a word may stand for; more than one is asked about. Default: what `read` says. */
  meanings?(word: string, vocabulary: Vocabulary): readonly string[];
  /** The value when none was typed and only one makes sense. */
  only?(vocabulary: Vocabulary): T | undefined;
}

interface ArgumentOptions<T> {
  /** Only by `--name value`; otherwise by position, and closed kinds bare anywhere. */
  flag: boolean;
  /** Takes all that is left of the line. */
  rest: boolean;
  optional: boolean;
  /** Left out of the usage line: asked for where it is needed, and told by the command's help. */
  seldom: boolean;
  fallback: T | undefined;
}

/** One declared argument; immutable, refined by chaining. */
export class Argument<T extends Value | undefined> {
  readonly kind: ValueKind<Value>;
  readonly options: ArgumentOptions<Value>;

  constructor(kind: ValueKind<Value>, options: Partial<ArgumentOptions<Value>> = {}) {
    this.kind = kind;
    this.options = {
      flag: false,
      rest: false,
      optional: false,
      seldom: false,
      fallback: undefined,
      ...options,
    };
  }

  default(value: NonNullable<T>): Argument<NonNullable<T>> {
    return new Argument<NonNullable<T>>(this.kind, { ...this.options, optional: true, fallback: value });
  }

  optional(): Argument<T | undefined> {
    return new Argument<T | undefined>(this.kind, { ...this.options, optional: true });
  }

  flag(): Argument<T> {
    return new Argument<T>(this.kind, { ...this.options, flag: true });
  }

  /** An optional flag that few lines need. */
  seldom(): Argument<T | undefined> {
    return new Argument<T | undefined>(this.kind, {
      ...this.options,
      flag: true,
      optional: true,
      seldom: true,
    });
  }

  /** The rest of the line, as typed. */
  rest(): Argument<T> {
    return new Argument<T>(this.kind, { ...this.options, rest: true });
  }
}

export type Arguments = Readonly<Record<string, Argument<Value | undefined>>>;

export type ValuesOf<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends Argument<infer T> ? T : never;
};

/** Whether a word is one of a closed kind, also where it may stand for several. */
export const isWordOf = (kind: ValueKind<Value>, word: string, vocabulary: Vocabulary): boolean =>
  kind.closed &&
  (kind.read(word, vocabulary) !== undefined || (kind.meanings?.(word, vocabulary).length ?? 0) > 1);

export function argument<T extends Value>(kind: ValueKind<T>): Argument<T> {
  return new Argument<T>(kind);
}
