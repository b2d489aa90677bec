import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { toValue, UNKNOWN, Unknown, type Value } from './value.ts';

/** A DynamicValue of Terraform's plugin protocol: MessagePack, or JSON where terraform has only that. */
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
  if (wire?.msgpack?.length) return toValue(decoder.decode(wire.msgpack));
  return wire?.json?.length ? fromJson(wire.json) : null;
}

export const fromJson = (json: Uint8Array): Value => toValue(JSON.parse(Buffer.from(json).toString('utf8')));

export const encode = (value: Value): Wire => ({ msgpack: Buffer.from(encoder.encode(value)) });
