import { checkValue } from './check-value.ts';
import { type Diagnostic, problem } from './diagnostic.ts';
import type { BlockSchema, Rule, Rules } from './schema.ts';
import { isNone, listOf, type Named, namedOf, UNKNOWN, type Value } from './value.ts';

type Place = readonly (string | number)[];

/** What is wrong with a resource's arguments beyond what terraform sees in the schema. */
export function checkResource(rules: Rules, block: BlockSchema, config: Named): Diagnostic[] {
  const { attributes = {} } = block;
  const found = new Map<string, Diagnostic>();
  // Arguments that exclude each other say so each: once is enough.
  const report = (one: Diagnostic, key = JSON.stringify(one)) => found.has(key) || found.set(key, one);

  for (const [name, rule] of Object.entries(rules)) {
    const names = name.split('.');
    for (const { value, place } of valuesAt(block, config, names)) {
      if (typeof value === 'object') continue;
      const wrong = checkValue(rule, value);
      if (wrong !== undefined) report(problem('Invalid argument value', `"${name}" ${wrong}.`, place));
    }
    const above = names.slice(0, -1).flatMap((one) => [one, '0']);
    if (above.length > 0 && !isGiven(valueAt(config, above))) continue;
    const own = names.join('.0.');
    if (isGiven(valueAt(config, own.split('.')))) checkBeside(config, own, rule, report);
    checkGroup(config, attributes, rule.one, 1, report);
    checkGroup(config, attributes, rule.any, Number.POSITIVE_INFINITY, report);
  }
  return [...found.values()];
}

type Report = (one: Diagnostic, key?: string) => void;

/** An argument that is given against those that must, and those that must not, be given with it. */
function checkBeside(config: Named, own: string, rule: Rule, report: Report): void {
  const given = (name: string) => isGiven(valueAt(config, name.split('.')));
  const place = [own.split('.')[0] ?? own];
  for (const other of rule.conflicts?.filter(given) ?? [])
    report(
      problem(
        'Conflicting configuration arguments',
        `${quoted([own])} conflicts with ${quoted([other])}.`,
        place,
      ),
      `conflict ${[own, other].sort().join(' ')}`,
    );
  const absent = rule.with?.filter((other) => !given(other)) ?? [];
  if (absent.length > 0)
    report(problem('Missing required argument', `${quoted([own])} also needs ${quoted(absent)}.`, place));
}

/** Arguments of which at least one, and at most so many, are given. */
function checkGroup(
  config: Named,
  attributes: NonNullable<BlockSchema['attributes']>,
  group: readonly string[] | undefined,
  most: number,
  report: Report,
): void {
  if (!group) return;
  const given = (name: string) => isGiven(valueAt(config, name.split('.')));
  const isPresent = (name: string) => given(name) || (!group.includes(`${name}_wo`) && given(`${name}_wo`));
  const present = group.filter(isPresent);
  const key = `${most} of ${[...group].sort().join(' ')}`;
  // An empty list counts as given.
  const isEmptied = group.some((name) => attributes[name] && !isNone(config[name]));
  if (present.length === 0 && !isEmptied) {
    const count = most === 1 ? 'Exactly' : 'At least';
    report(problem('Missing required argument', `${count} one of ${quoted(group)} must be given.`), key);
  }
  if (present.length > most)
    report(
      problem(
        'Invalid combination of arguments',
        `Only one of ${quoted(group)} can be given, but ${quoted(present)} were.`,
      ),
      key,
    );
}

/** Every known value at a path, each with where it stands; what is in a set has no place but the set's. */
function* valuesAt(
  block: BlockSchema,
  value: Value | undefined,
  [name = '', ...rest]: readonly string[],
  above: { place: Place; isFixed: boolean } = { place: [], isFixed: false },
): Generator<{ value: Exclude<Value, null>; place: Place }> {
  const inner = namedOf(value)[name];
  const nested = block.block_types?.[name];
  const type = block.attributes?.[name]?.type;
  const place = above.isFixed ? above.place : [...above.place, name];
  const isSet = nested?.nesting_mode === 'set' || (typeof type === 'object' && type[0] === 'set');
  const isFixed = above.isFixed || isSet;
  const items = Array.isArray(inner)
    ? inner.map((item, index) => ({ item, place: isFixed ? place : [...place, index] }))
    : [{ item: inner, place }];
  for (const one of items)
    if (rest.length > 0) yield* valuesAt(nested?.block ?? {}, one.item, rest, { place: one.place, isFixed });
    else if (isKnown(one.item)) yield { value: one.item, place: one.place };
}

const isKnown = (value: Value | undefined): value is Exclude<Value, null> =>
  !isNone(value) && value !== UNKNOWN;

/** The value at a path in which a list's member is its index; unknown where something above it is. */
const valueAt = (config: Named, steps: readonly string[]): Value | undefined =>
  steps.reduce<Value | undefined>(
    (value, step) =>
      value === UNKNOWN ? UNKNOWN : Array.isArray(value) ? listOf(value)[Number(step)] : namedOf(value)[step],
    config,
  );

const isGiven = (value: Value | undefined): boolean =>
  !isNone(value) && !(Array.isArray(value) && value.length === 0);

const quoted = (names: readonly string[]): string =>
  names.map((name) => `"${name.replaceAll('.0', '')}"`).join(', ');
