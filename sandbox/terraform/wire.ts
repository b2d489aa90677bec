import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

/** A value that is known only after apply. */
class Unknown {
  readonly #unknown = true;
  /** JSON of a value is compared in places: what is unknown must not look like an empty object. */
  toJSON(): string {
    return this.#unknown ? '(known after apply)' : '';
  }
}

export const UNKNOWN = new Unknown();

/** Terraform's values: a block or a map is an object, a set is a list. */
export type Value = null | boolean | number | string | Unknown | Value[] | Block;
export type Block = { [name: string]: Value };

/** A DynamicValue of the plugin protocol. */
export interface Wire {
  msgpack?: Uint8Array;
  json?: Uint8Array;
}

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
// Unknown, with hints about what it will be.
extensionCodec.register({ type: 12, encode: () => null, decode: () => UNKNOWN });

const decoder = new Decoder({ extensionCodec });
const encoder = new Encoder({ extensionCodec });

export function decode(wire: Wire | null | undefined): Value {
  if (wire?.msgpack?.length) return valueOf(decoder.decode(wire.msgpack));
  return wire?.json?.length ? valueOf(JSON.parse(Buffer.from(wire.json).toString('utf8'))) : null;
}

export const encode = (value: Value): Wire => ({ msgpack: Buffer.from(encoder.encode(value)) });

/** Of something decoded: holds it to what a value can be. */
export function valueOf(raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw;
  if (typeof raw === 'bigint') return Number(raw);
  if (raw instanceof Unknown) return raw;
  if (Array.isArray(raw)) return raw.map(valueOf);
  if (typeof raw === 'object')
    return Object.fromEntries(Object.entries(raw).map(([name, item]) => [name, valueOf(item)]));
  throw new TypeError(`Terraform has no value like a ${typeof raw}.`);
}

export const isBlock = (value: Value | undefined): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

export const blockOf = (value: Value | undefined): Block => (isBlock(value) ? value : {});
export const listOf = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);
/** A string; empty when it is anything else, null and unknown included. */
export const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
export const textsOf = (value: Value | undefined): string[] =>
  listOf(value).filter((item): item is string => typeof item === 'string');
/** A map of strings, without what is null or unknown. */
export const tagsOf = (value: Value | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(blockOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** Absent and null are the same; unknown equals nothing but itself. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b || (isNone(a) && isNone(b))) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isBlock(a) || !isBlock(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => same(a[name], b[name]));
}

export const isNone = (value: Value | undefined): value is null | undefined =>
  value === null || value === undefined;
