import { cbor } from '@smithy/core/cbor';
import { AwsError } from '../errors.ts';
import type { Protocol } from './protocol.ts';

const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/** Smithy RPC v2: the action is the last word of the path. */
export const cborProtocol: Protocol = {
  decode(request, body) {
    const action = (request.url ?? '').split('?')[0]?.split('/').at(-1) ?? '';
    const parsed = body.length > 0 ? parse(body) : {};
    return { action, input: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {} };
  },
  encode: (_, output) => ({ status: 200, headers, body: cbor.serialize(timed(output ?? {})) }),
  encodeError: ({ code, message, status }) => ({
    status,
    headers,
    body: cbor.serialize({ __type: code, message }),
  }),
};

function parse(body: Buffer): unknown {
  try {
    return cbor.deserialize(new Uint8Array(body));
  } catch {
    throw new AwsError('SerializationException', 'The body is not CBOR.');
  }
}

/** Times as CBOR's tag 1. */
function timed(value: unknown): unknown {
  if (value instanceof Date)
    return { tag: 1, value: value.getTime() / 1000, [Symbol('@smithy/core/cbor::tagSymbol')]: true };
  if (Array.isArray(value)) return value.map(timed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, timed(inner)]));
}
