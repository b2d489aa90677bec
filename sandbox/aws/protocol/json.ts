import { AwsError } from '../errors.ts';
import type { Protocol } from './protocol.ts';

/** AWS JSON 1.0 and 1.1: the action is the last word of X-Amz-Target. */
export const jsonProtocol: Protocol = {
  decode(request, body) {
    const target = String(request.headers['x-amz-target'] ?? '');
    const parsed = body.length > 0 ? parse(body.toString('utf8')) : {};
    return {
      action: target.split('.').at(-1) ?? '',
      input: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {},
    };
  },
  encode: (_, output) => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(output ?? {}, seconds),
  }),
  encodeError: ({ code, message, status }) => ({
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message, Message: message }),
  }),
};

/** Times are seconds since the epoch in this protocol. JSON.stringify has called toJSON by now, so the holder is asked. */
function seconds(this: unknown, key: string, value: unknown): unknown {
  const raw: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : undefined;
  return raw instanceof Date ? raw.getTime() / 1000 : value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
}
