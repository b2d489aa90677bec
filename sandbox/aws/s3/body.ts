import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { sha256 } from '../auth/sigv4.ts';
import { AwsError } from '../errors.ts';
import { unknownTo } from './error.ts';

const headerOf = (headers: IncomingHttpHeaders, name: string): string => String(headers[name] ?? '');

const digest = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64');

const checksums: Record<string, (bytes: Buffer) => string> = {
  'x-amz-checksum-crc32': (bytes) => {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(bytes));
    return value.toString('base64');
  },
  'x-amz-checksum-sha1': digest('sha1'),
  'x-amz-checksum-sha256': digest('sha256'),
};

/** What is stored of an upload: the content itself, and the checksum that came with it, if one did. */
export interface Upload {
  bytes: Buffer;
  checksum: readonly [string, string] | undefined;
}

/** Takes the frames of aws-chunked off, and holds the content to every hash that was sent for it. */
export function readUpload(headers: IncomingHttpHeaders, raw: Buffer): Upload {
  const claimed = headerOf(headers, 'x-amz-content-sha256');
  const framed = claimed.startsWith('STREAMING-')
    ? readFrames(raw, headers)
    : { bytes: raw, trailers: new Map<string, string>() };
  const { bytes, trailers } = framed;
  if (!/^([0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-.+)$/.test(claimed))
    throw new AwsError(
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-… or a valid sha256 value.',
    );
  if (/^[0-9a-f]{64}$/.test(claimed) && sha256(bytes) !== claimed)
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  const md5 = headerOf(headers, 'content-md5');
  if (md5 && digest('md5')(bytes) !== md5)
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  return { bytes, checksum: checkChecksum(bytes, headers, trailers) };
}

function checkChecksum(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  trailers: ReadonlyMap<string, string>,
): Upload['checksum'] {
  const named = Object.keys(headers).filter(
    (name) =>
      name.startsWith('x-amz-checksum-') &&
      !['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode'].includes(name),
  );
  const announced = headerOf(headers, 'x-amz-trailer');
  const name = named[0] ?? (announced || undefined);
  if (name === undefined) return undefined;
  const sum = checksums[name];
  if (!sum) throw unknownTo(`the checksum ${name}`);
  const sent = named[0] === undefined ? trailers.get(name) : headerOf(headers, name);
  if (sum(bytes) !== sent)
    throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  return [name, sent];
}

/** `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<name>:<value>\r\n\r\n`; the frames' own signatures are not checked. */
function readFrames(
  raw: Buffer,
  headers: IncomingHttpHeaders,
): { bytes: Buffer; trailers: Map<string, string> } {
  const parts: Buffer[] = [];
  let at = 0;
  const line = (): string => {
    const end = raw.indexOf('\r\n', at);
    if (end < 0) throw incomplete();
    const text = raw.subarray(at, end).toString('latin1');
    at = end + 2;
    return text;
  };
  for (;;) {
    const [, digits] = /^([0-9a-f]{1,8})(?:;|$)/i.exec(line()) ?? [];
    if (digits === undefined) throw incomplete();
    const length = Number.parseInt(digits, 16);
    if (length === 0) break;
    const end = at + length;
    if (raw.toString('latin1', end, end + 2) !== '\r\n') throw incomplete();
    parts.push(raw.subarray(at, end));
    at = end + 2;
  }
  const trailers = new Map<string, string>();
  for (let text = at < raw.length ? line() : ''; text !== ''; text = line()) {
    const colon = text.indexOf(':');
    trailers.set(text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim());
  }
  const bytes = Buffer.concat(parts);
  const said = headers['x-amz-decoded-content-length'];
  if (said !== undefined && Number(said) !== bytes.length) throw incomplete();
  return { bytes, trailers };
}

const incomplete = () =>
  new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
