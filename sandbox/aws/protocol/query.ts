import { randomUUID } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';
import type { Input } from '../service.ts';
import type { Protocol } from './protocol.ts';

const builder = new XMLBuilder({ processEntities: true, suppressEmptyNode: false });
const headers = { 'content-type': 'text/xml;charset=UTF-8' };
const xml = (value: unknown): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(dated(value))}`;

function decode(_: unknown, body: Buffer): { action: string; input: Input } {
  const fields = new URLSearchParams(body.toString('utf8'));
  return {
    action: fields.get('Action') ?? '',
    input: nested([...fields].filter(([name]) => name !== 'Action' && name !== 'Version')),
  };
}

/** `Filter.1.Value.2=x` as `{ Filter: [{ Value: [, x] }] }`, numbers being places in a list. */
function nested(fields: readonly (readonly [string, string])[]): Input {
  const root = new Map<string, unknown>();
  for (const [name, value] of fields) {
    const path = name.split('.').slice(0, 8);
    let at = root;
    for (const step of path.slice(0, -1)) {
      const inner = at.get(step);
      const next: Map<string, unknown> = inner instanceof Map ? inner : new Map();
      at.set(step, next);
      at = next;
    }
    at.set(path.at(-1) ?? '', value);
  }
  const plain = plainOf(root);
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain) ? { ...plain } : {};
}

function plainOf(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, inner]): [string, unknown] => [String(key), plainOf(inner)]);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d{1,4}$/.test(key));
  return isList
    ? entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, inner]) => inner)
    : Object.fromEntries(entries);
}

/** Times as ISO 8601; what isn't there is left out. */
function dated(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(dated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, dated(inner)]),
  );
}

export const ec2Protocol: Protocol = {
  decode,
  encode: (action, output) => ({
    status: 200,
    headers,
    body: xml({ [`${action}Response`]: { requestId: randomUUID(), ...Object(output) } }),
  }),
  encodeError: ({ code, message, status }) => ({
    status,
    headers,
    body: xml({ Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: randomUUID() } }),
  }),
};

export const queryProtocol: Protocol = {
  decode,
  encode: (action, output) => ({
    status: 200,
    headers,
    body: xml({
      [`${action}Response`]: {
        [`${action}Result`]: Object(output),
        ResponseMetadata: { RequestId: randomUUID() },
      },
    }),
  }),
  encodeError: ({ code, message, status }) => ({
    status,
    headers,
    body: xml({
      ErrorResponse: {
        Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
        RequestId: randomUUID(),
      },
    }),
  }),
};

/** The query protocol for answers whose lists are plain: each becomes `<member>`s. */
export const memberedProtocol: Protocol = {
  ...queryProtocol,
  encode: (action, output) => queryProtocol.encode(action, membered(output)),
};

function membered(value: unknown): unknown {
  if (Array.isArray(value)) return { member: value.map(membered) };
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, membered(inner)]));
}
