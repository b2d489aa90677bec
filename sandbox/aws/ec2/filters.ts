import { AwsError } from '../errors.ts';
import { type Input, mapsOf, textOf, textsOf } from '../service.ts';

/**
 * EC2's filters: all of them, any of each one's values; `*` and `?` are wildcards. `fields` are what a resource can
 * be filtered by besides its tags; anything else is refused, as EC2 does.
 */
export function passes(
  input: Input,
  tags: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>>,
): boolean {
  // DescribeNatGateways alone calls them `Filter` in its own model; both arrive as `Filter.1.Name`.
  return [...mapsOf(input, 'Filter'), ...mapsOf(input, 'Filters')].every((filter) => {
    const name = textOf(filter, 'Name');
    const wanted = [...textsOf(filter, 'Value'), ...textsOf(filter, 'Values')].map(wildcard);
    return valuesOf(name, tags, fields).some((value) => wanted.some((pattern) => pattern.test(value)));
  });
}

function valuesOf(
  name: string,
  tags: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>>,
): string[] {
  if (name === 'tag-key') return Object.keys(tags);
  const key = name.startsWith('tag:') ? name.slice(4) : undefined;
  const from = key === undefined ? fields : tags;
  const value = Object.hasOwn(from, key ?? name) ? from[key ?? name] : undefined;
  if (value !== undefined) return [value];
  if (key !== undefined) return [];
  throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
  );

/** The page of what passes, by EC2's names. Ids that are asked for and aren't there are refused by `missing`. */
export function selected<T extends { id: string }>(
  all: readonly T[],
  ids: readonly string[],
  missing: (id: string) => AwsError,
): readonly T[] {
  if (ids.length === 0) return all;
  return ids.map((id) => {
    const found = all.find((one) => one.id === id);
    if (!found) throw missing(id);
    return found;
  });
}
