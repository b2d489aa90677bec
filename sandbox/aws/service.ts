export type ProtocolName = 'ec2' | 'query' | 'json' | 'cbor' | 's3';

/** What a caller sent, decoded; no field of it is trusted. */
export type Input = Readonly<Record<string, unknown>>;

export interface Action {
  /** Its targets, when it changes something: then it goes into the ledger. */
  changes?(input: Input, output: unknown): string[];
  /** What else the ledger keeps of it. */
  details?(input: Input): Record<string, unknown>;
  /** It needs no keys, as on AWS: it is how a user signs in. */
  open?: true;
  /** `caller` is the ARN of who signed the call; empty for open actions. */
  run(input: Input, caller: string): unknown;
}

export interface Service {
  /** As the credential scope names it. */
  name: string;
  protocol: ProtocolName;
  /** As X-Amz-Target names it, where some of its actions are open: those carry no credential scope. */
  target?: string;
  actions: Readonly<Record<string, Action>>;
}

/** A string field; empty when it isn't there or isn't one. */
export const textOf = (input: Input, name: string): string => {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return typeof value === 'string' ? value : '';
};

export const numberOf = (input: Input, name: string): number | undefined => {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

/** A list field of strings; of the query protocol's `.member`, `.item` and bare forms too. */
export const textsOf = (input: Input, name: string): string[] =>
  listOf(input, name).filter((value): value is string => typeof value === 'string');

/** A list field of maps. */
export const mapsOf = (input: Input, name: string): Input[] => listOf(input, name).filter(isMap);

export const mapOf = (input: Input, name: string): Input => {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return isMap(value) ? value : {};
};

function listOf(input: Input, name: string): unknown[] {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  if (Array.isArray(value)) return value;
  if (!isMap(value)) return value === undefined ? [] : [value];
  const [only] = Object.values(value);
  // `Filters.Filter.1`, `Names.member.1`
  return Object.keys(value).length === 1 && Array.isArray(only) ? only : [];
}

const isMap = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A page of a list and the token for the next; tokens are offsets. */
export function pageOf<T>(
  all: readonly T[],
  token: string,
  size: number,
): { items: T[]; next: string | undefined } {
  const from = /^\d{1,9}$/.test(token) ? Number(token) : 0;
  const next = from + size < all.length ? String(from + size) : undefined;
  return { items: all.slice(from, from + size), next };
}
