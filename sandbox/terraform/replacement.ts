import type { BlockSchema, Rules } from './schema.ts';
import { listOf, type Named, namedOf, same, type Value } from './value.ts';

export type Step = { attribute_name: string } | { element_key_int: number };

/** A place in a value, as the plugin protocol names it. */
export interface Path {
  steps: Step[];
}

/** The places whose change can't be made in place. */
export function replaced(block: BlockSchema, rules: Rules, prior: Named, planned: Named): Path[] {
  const found = new Map<string, Path>();

  function look(within: BlockSchema, names: readonly string[], from: Value, to: Value, above: Step[]): void {
    const [name = '', ...rest] = names;
    const before = namedOf(from)[name] ?? null;
    const after = namedOf(to)[name] ?? null;
    if (same(before, after)) return;
    const steps = [...above, { attribute_name: name }];
    const nested = within.block_types?.[name];
    if (rest.length === 0 || !nested || !Array.isArray(before) || !Array.isArray(after)) {
      found.set(JSON.stringify(steps), { steps });
      return;
    }
    if (nested.nesting_mode === 'list' && before.length === after.length) {
      for (const [index, item] of before.entries())
        look(nested.block, rest, item, after[index] ?? null, [...steps, { element_key_int: index }]);
      return;
    }
    // Without places to compare, what counts is whether the same values are there.
    if (sortedValuesAt(before, rest) !== sortedValuesAt(after, rest))
      found.set(JSON.stringify(steps), { steps });
  }

  for (const [path, rule] of Object.entries(rules))
    if (rule.replace) look(block, path.split('.'), prior, planned, []);
  return [...found.values()];
}

/** What stands at a path in each of some blocks, whatever their order. */
function sortedValuesAt(items: readonly Value[], names: readonly string[]): string {
  const step = (value: Value, name: string): Value =>
    Array.isArray(value)
      ? listOf(value).map((item) => namedOf(item)[name] ?? null)
      : (namedOf(value)[name] ?? null);
  return items
    .map((item) => JSON.stringify(names.reduce(step, item)))
    .sort()
    .join();
}
