import { type Input, mapOf } from '../service.ts';
import { readUpload, type Upload } from './body.ts';
import { unknownTo } from './error.ts';

export type Headers = Readonly<Record<string, string | undefined>>;

/** A request as an action may take it: no header left out unsaid, no body that isn't what was signed. */
export interface S3Request {
  input: Input;
  headers: Headers;
  upload: Upload;
}

/** Throws for headers that the sandbox doesn't know, and for a body that its hashes don't hold. */
export function requestOf(input: Input): S3Request {
  const headers: Headers = Object.fromEntries(
    Object.entries(mapOf(input, 'Headers')).map(([name, value]) => [
      name,
      value === undefined ? undefined : String(value),
    ]),
  );
  for (const [name, value] of Object.entries(headers))
    if (!isKnown(name, value)) throw unknownTo(`the header ${name}: ${value}`);
  return {
    input,
    headers,
    upload: readUpload(headers, Buffer.isBuffer(input.Body) ? input.Body : Buffer.alloc(0)),
  };
}

// What signs and sums, and what is kept; a sum that the sandbox can't compute is refused where it is checked.
const known =
  /^x-amz-(content-sha256|date|security-token|user-agent|decoded-content-length|trailer|sdk-.+|checksum-.+|meta-.+)$/;
// These would change what is answered later, or whether anything is.
const unknown = new Set([
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
]);
// Known with what the sandbox does anyway, and with nothing else.
const usual: Headers = { 'content-encoding': 'aws-chunked', 'x-amz-server-side-encryption': 'AES256' };

function isKnown(name: string, value: string | undefined): boolean {
  if (Object.hasOwn(usual, name)) return value === usual[name];
  return name.startsWith('x-amz-') ? known.test(name) : !unknown.has(name);
}
