/** What is known only after apply. Its field makes it a type of its own: a class without one would be any object. */
export class Unknown {
  readonly isUnknown = true;
}

export const UNKNOWN = new Unknown();

/** Terraform's values: a block, an object or a map has names, a list or a set is an array. */
export type Value = null | boolean | number | string | Unknown | Value[] | Named;
export type Named = { [name: string]: Value };

type Maybe = Value | undefined;

export const isNamed = (value: Maybe): value is Named =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

export const isNone = (value: Maybe): value is null | undefined => value === null || value === undefined;

/** The names in it; none of anything else, unknown included. */
export const namedOf = (value: Maybe): Named => (isNamed(value) ? value : {});
export const listOf = (value: Maybe): Value[] => (Array.isArray(value) ? value : []);
/** A string; empty when it is anything else, unknown included. */
export const textOf = (value: Maybe): string => (typeof value === 'string' ? value : '');
export const textsOf = (value: Maybe): string[] => listOf(value).filter((item) => typeof item === 'string');

/** A map's strings, without what is null or unknown. */
export const tagsOf = (value: Maybe): Record<string, string> =>
  Object.fromEntries(
    Object.entries(namedOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** Absent and null are the same; what is unknown is the same as nothing but itself. */
export function same(a: Maybe, b: Maybe): boolean {
  if (a === b || (isNone(a) && isNone(b))) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isNamed(a) || !isNamed(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => same(a[name], b[name]));
}

/** Holds something decoded to what a value can be. */
export function toValue(raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw;
  if (raw instanceof Unknown) return raw;
  if (Array.isArray(raw)) return raw.map(toValue);
  if (typeof raw === 'object')
    return Object.fromEntries(Object.entries(raw).map(([name, item]) => [name, toValue(item)]));
  throw new TypeError(`Terraform has no ${typeof raw}.`);
}
