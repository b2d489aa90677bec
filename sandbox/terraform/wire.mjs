// Terraform's values on the wire: MessagePack with an extension for "not known yet".
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

class Unknown {}
export const UNKNOWN = new Unknown();

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (v) => (v instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
extensionCodec.register({ type: 12, encode: () => null, decode: () => UNKNOWN }); // unknown, with hints about its value

const decoder = new Decoder({ extensionCodec });
const encoder = new Encoder({ extensionCodec });

export function decode(value) {
  if (value?.msgpack?.length) return decoder.decode(value.msgpack);
  return value?.json?.length ? JSON.parse(value.json) : null;
}

export const encode = (value) => ({ msgpack: Buffer.from(encoder.encode(value)) });

export function same(a, b) {
  if (a === b || (a == null && b == null)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i]));
  if (!a || !b || typeof a !== 'object' || typeof b !== 'object' || a === UNKNOWN || b === UNKNOWN)
    return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((k) => same(a[k], b[k]));
}
